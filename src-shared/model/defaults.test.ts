import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { trainingSettingsSchema } from '../contract/schemas.ts'
import { defaultSettings, type DefaultsInput } from './defaults.ts'
import { PRESETS, presetConfig } from './presets.ts'
import { recommendPreset, recommendTokenizer } from './recommend.ts'

const base: DefaultsInput = {
  kind: 'pretrain',
  config: presetConfig('pocket', 512),
  amount: { train: 500_000, val: 50_000 },
  fallback: true,
}

describe('defaultSettings', () => {
  test.each(PRESETS.map((p) => p.id))('gives valid settings and a reason for each, preset %s', (id) => {
    for (const kind of ['pretrain', 'instruct', 'classify'] as const) {
      for (const fallback of [true, false]) {
        const { settings, reasons } = defaultSettings({ ...base, kind, config: presetConfig(id, 512), fallback })
        expect(v.parse(trainingSettingsSchema, settings)).toEqual(settings)
        expect(Object.keys(reasons).sort()).toEqual(Object.keys(trainingSettingsSchema.entries).sort())
        for (const r of Object.values(reasons)) expect(r.reason.length).toBeGreaterThan(10)
        expect(settings.warmupSteps).toBeLessThan(settings.steps)
        expect(settings.minLearningRate).toBeLessThan(settings.learningRate)
      }
    }
  })

  test('never asks for more examples a batch than there are', () => {
    const { settings } = defaultSettings({ ...base, amount: { train: 300, val: 90 } })
    expect(settings.batchSize).toBe(1)
    expect(defaultSettings({ ...base, kind: 'classify', amount: { train: 5, val: 2 } }).settings.batchSize).toBe(5)
  })

  test('uses smaller steps without a graphics card', () => {
    const soft = defaultSettings(base).settings
    const hard = defaultSettings({ ...base, fallback: false }).settings
    expect(soft.batchSize).toBeLessThan(hard.batchSize)
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

  test('takes the prompts it is given', () => {
    expect(defaultSettings({ ...base, prompts: ['First Citizen:'] }).settings.prompts).toEqual(['First Citizen:'])
  })
})

test('recommendations grow with the text', () => {
  expect(recommendTokenizer(20_000).kind).toBe('char')
  expect(recommendTokenizer(800_000)).toMatchObject({ kind: 'bpe', vocabSize: 512 })
  expect(recommendTokenizer(1_115_394)).toMatchObject({ kind: 'bpe', vocabSize: 1024 })
  expect(recommendPreset(1_115_394, true).preset).toBe('pocket')
  expect(recommendPreset(1_115_394, false).preset).toBe('tiny')
})
