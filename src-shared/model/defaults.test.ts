import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { trainingSettingsSchema } from '../contract/schemas.ts'
import { defaultSettings, type DefaultsInput } from './defaults.ts'
import type { Hardware } from './hardware.ts'
import { PRESETS, presetConfig } from './presets.ts'
import { recommendPreset, recommendTokenizer } from './recommend.ts'

const base: DefaultsInput = {
  kind: 'pretrain',
  config: presetConfig('pocket', 512),
  amount: { train: 500_000, val: 50_000 },
  hardware: { kind: 'software', threads: 1 },
}

describe('defaultSettings', () => {
  test.each(PRESETS.map((p) => p.id))('gives valid settings and a reason for each, preset %s', (id) => {
    for (const kind of ['pretrain', 'instruct', 'classify'] as const) {
      for (const device of ['software', 'cpu', 'gpu'] as const) {
        const hardware = { kind: device, threads: 2 }
        const { settings, reasons } = defaultSettings({ ...base, kind, config: presetConfig(id, 512), hardware })
        expect(v.parse(trainingSettingsSchema, settings)).toEqual(settings)
        expect(Object.keys(reasons).sort()).toEqual(Object.keys(trainingSettingsSchema.entries).sort())
        for (const r of Object.values(reasons)) expect(r.reason.length).toBeGreaterThan(10)
        expect(settings.warmupSteps).toBeLessThan(settings.steps)
        expect(settings.minLearningRate).toBeLessThan(settings.learningRate)
      }
    }
  })

  test('everything learns in a small model, adapters in a large one; a part takes larger steps', () => {
    const small = { ...base, kind: 'instruct' } as const
    expect(defaultSettings(small).settings.trainable).toEqual({ kind: 'all' })
    const large = { ...small, config: presetConfig('book', 50_257) }
    expect(defaultSettings(large).settings).toMatchObject({
      trainable: { kind: 'lora', rank: 8 },
      learningRate: 2.5e-4,
    })
    expect(defaultSettings({ ...large, kind: 'pretrain' }).settings.trainable).toEqual({ kind: 'all' })
    const trainable = { kind: 'last_blocks', blocks: 1 } as const
    expect(defaultSettings({ ...small, chosen: { trainable } }).settings.learningRate).toBe(1e-2)
  })

  test('never asks for more examples a batch than there are', () => {
    const { settings } = defaultSettings({ ...base, amount: { train: 300, val: 90 } })
    expect(settings.batchSize).toBe(1)
    expect(defaultSettings({ ...base, kind: 'classify', amount: { train: 5, val: 2 } }).settings.batchSize).toBe(5)
  })

  test('uses smaller steps without a graphics card', () => {
    const soft = defaultSettings(base).settings
    const hard = defaultSettings({ ...base, hardware: { kind: 'gpu', threads: 1 } }).settings
    expect(soft.batchSize).toBeLessThan(hard.batchSize)
  })

  test('asks for more steps the faster the processor is', () => {
    const config = presetConfig('tiny', 1024)
    const on = (hardware: Hardware) => defaultSettings({ ...base, config, hardware }).settings.steps
    const two = on({ kind: 'cpu', threads: 2 })
    expect(two).toBeGreaterThan(3 * on({ kind: 'software', threads: 1 }))
    expect(on({ kind: 'cpu', threads: 4 })).toBeGreaterThan(1.5 * two)
  })

  test('lets the dependent values follow what was chosen, and keeps proposing its own', () => {
    const own = defaultSettings(base).settings
    const { settings } = defaultSettings({ ...base, chosen: { steps: 2000, batchSize: 1, learningRate: 0.02 } })
    expect(settings).toMatchObject({ warmupSteps: 100, checkpointEvery: 400, sampleEvery: 200, minLearningRate: 0.002 })
    expect([settings.batchSize, settings.learningRate]).toEqual([own.batchSize, own.learningRate])
    expect(settings.steps).toBeGreaterThan(own.steps)
  })

  test('measures a classifier on enough texts to tell', () => {
    const amount = { train: 1400, val: 200 }
    const { settings } = defaultSettings({ ...base, kind: 'classify', amount })
    expect(settings.evalBatches * settings.batchSize).toBeGreaterThanOrEqual(100)
  })

  test('lets a small model meet its instructions more often than a large one', () => {
    const on = (preset: 'tiny' | 'small') => {
      const hardware = { kind: 'gpu', threads: 1 } as const
      const config = presetConfig(preset, 2048)
      const amount = { train: 2000, val: 100 }
      return defaultSettings({ kind: 'instruct', config, amount, recordTokens: 64, hardware }).settings
    }
    expect(on('tiny').steps).toBeGreaterThan(1.8 * on('small').steps)
    expect(on('tiny').learningRate).toBeGreaterThan(on('small').learningRate)
  })

  test('takes the prompts it is given', () => {
    expect(defaultSettings({ ...base, prompts: ['First Citizen:'] }).settings.prompts).toEqual(['First Citizen:'])
  })
})

test('recommendations grow with the text', () => {
  expect(recommendTokenizer(20_000).kind).toBe('char')
  expect(recommendTokenizer(800_000)).toMatchObject({ kind: 'bpe', vocabSize: 512 })
  expect(recommendTokenizer(1_115_394)).toMatchObject({ kind: 'bpe', vocabSize: 1024 })
  expect(recommendTokenizer(2_000_000)).toMatchObject({ kind: 'bpe', vocabSize: 2048 })
  const preset = (characters: number, kind: Hardware['kind'], threads = 1) =>
    recommendPreset(characters, { kind, threads }).preset
  expect(preset(1_115_394, 'software')).toBe('pocket')
  expect(preset(1_115_394, 'gpu')).toBe('tiny')
  expect(preset(50e6, 'gpu')).toBe('small')
  expect(preset(500e6, 'gpu')).toBe('medium')
  // A processor is chosen for by its threads.
  expect(preset(100_000, 'cpu', 8)).toBe('pocket')
  expect(preset(1_115_394, 'cpu', 2)).toBe('tiny')
  expect(preset(50e6, 'cpu', 2)).toBe('tiny')
  expect(preset(500e6, 'cpu', 15)).toBe('small')
})
