import { presetConfig } from '@shared/model/presets.ts'
import { describe, expect, it } from 'vitest'
import {
  cleanSettings,
  examplesPerPass,
  examplesPerStep,
  firstWords,
  formatPasses,
  passesOf,
  planTraining,
  settingErrors,
  stepsOf,
  partReadText,
} from './trainingPlan.ts'

const config = presetConfig('pocket', 512)
const input = {
  kind: 'pretrain',
  config,
  amount: { train: 500_000, val: 50_000 },
  hardware: { kind: 'software', threads: 1 },
} as const

describe('planTraining', () => {
  it('is automatic where nothing was set', () => {
    const plan = planTraining(input, {})
    expect(plan.changed).toEqual([])
    expect(plan.settings).toEqual(plan.automatic)
  })

  it('names what differs, and not what was set to the automatic value', () => {
    const { automatic } = planTraining(input, {})
    const plan = planTraining(input, { seed: automatic.seed, weightDecay: 0.02 })
    expect(plan.changed).toEqual(['weightDecay'])
    expect(plan.settings.weightDecay).toBe(0.02)
    expect(plan.automatic.weightDecay).toBe(0.1)
  })

  it('counts the batches of a step where it plans the length', () => {
    const { steps } = planTraining(input, {}).automatic
    const plan = planTraining(input, { accumulation: 8 })
    expect(plan.changed).toEqual(['accumulation'])
    expect(plan.automatic.steps).toBeLessThan(steps)
  })

  it('lets warm-up and rhythm follow the number of steps without counting them as changed', () => {
    const plan = planTraining(input, { steps: 2000 })
    expect(plan.changed).toEqual(['steps'])
    expect(plan.settings).toMatchObject({ steps: 2000, warmupSteps: 100, checkpointEvery: 400 })
  })
})

it('turns passes into steps and back', () => {
  const examples = examplesPerPass('pretrain', config, 100 * config.nPositions)
  expect(examples).toBe(100)
  expect(examplesPerPass('instruct', config, 6400)).toBe(6400)
  expect(stepsOf(3, 8, examples)).toBe(38)
  expect(passesOf(50, 8, examples)).toBe(4)
  expect(stepsOf(0.001, 8, examples)).toBe(1)
  expect(passesOf(50, examplesPerStep({ batchSize: 2, accumulation: 4 }), examples)).toBe(4)
  expect([0.04, 0.5, 9.96, 1234].map(formatPasses)).toEqual(['0.04', '0.5', '10.0', '1,234'])
})

it('says what cannot work, at the field it belongs to', () => {
  const { settings } = planTraining(input, {})
  expect(settingErrors(settings)).toEqual({})
  const wrong = { ...settings, steps: 10, warmupSteps: 20, learningRate: 1e-4, minLearningRate: 1e-3 }
  expect(Object.keys(settingErrors(wrong))).toEqual(['minLearningRate', 'warmupSteps'])
  expect(settingErrors({ ...settings, learningRate: 0, minLearningRate: 0 }).learningRate).toMatch(/nothing is learned/)
})

it('leaves empty prompts out', () => {
  const { settings } = planTraining(input, { prompts: ['Once', '  ', ''] })
  expect(cleanSettings(settings).prompts).toEqual(['Once'])
})

it('takes the first words of a text as a prompt', () => {
  expect(firstWords('First Citizen:\nBefore we proceed any further')).toBe('First Citizen: Before we')
  expect(firstWords('  ')).toBe('')
  expect(firstWords('x'.repeat(90))).toHaveLength(40)
})

it('says how much of a large text a run reads', () => {
  expect(partReadText(0.025, 480e6)).toMatch(/^The plan reads 12\sM of 480\sM tokens, 2\.5\s%: /)
  expect(partReadText(0.0002, 480e6)).toContain('less than 0.1 %')
  expect(partReadText(1, 480e6)).toBeNull()
})
