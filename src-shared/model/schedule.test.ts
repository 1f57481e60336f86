import { expect, test } from 'vitest'
import { learningRateAt } from './schedule.ts'

const s = { steps: 100, learningRate: 1e-3, minLearningRate: 1e-4, warmupSteps: 10 }

test('rises linearly, peaks at the end of the warm-up, ends at the minimum', () => {
  expect(learningRateAt(1, s)).toBeCloseTo(1e-4, 12)
  expect(learningRateAt(5, s)).toBeCloseTo(5e-4, 12)
  expect(learningRateAt(10, s)).toBe(1e-3)
  expect(learningRateAt(55, s)).toBeCloseTo((1e-3 + 1e-4) / 2, 12)
  expect(learningRateAt(100, s)).toBe(1e-4)
  expect(learningRateAt(500, s)).toBe(1e-4)
})

test('follows the cosine at every step', () => {
  for (let step = 11; step < 100; step++) {
    const angle = (Math.PI * (step - 10)) / 90
    expect(learningRateAt(step, s)).toBeCloseTo(1e-4 + (9e-4 * (1 + Math.cos(angle))) / 2, 14)
  }
})

test('works without warm-up, and with nothing but warm-up', () => {
  expect(learningRateAt(1, { ...s, warmupSteps: 0, steps: 1 })).toBe(1e-4)
  expect(learningRateAt(1, { ...s, warmupSteps: 4, steps: 4 })).toBeCloseTo(2.5e-4, 12)
  expect(learningRateAt(4, { ...s, warmupSteps: 4, steps: 4 })).toBe(1e-3)
})
