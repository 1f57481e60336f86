import { expect, it } from 'vitest'
import { settingUnit } from './trainingFields.ts'

it('names what a setting counts, one or more', () => {
  expect(settingUnit('warmupSteps', 1)).toBe('step')
  expect(settingUnit('warmupSteps', 20)).toBe('steps')
  expect(settingUnit('accumulation', 1)).toBe('batch')
  expect(settingUnit('evalBatches', 16)).toBe('batches')
  expect(settingUnit('seed', 1)).toBeUndefined()
})
