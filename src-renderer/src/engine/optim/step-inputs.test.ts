import { expect, it } from 'vitest'
import { schedule, stepSeed } from './step-inputs.ts'

const adam = { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1, gradClip: 1 }

it('corrects the bias of the moments', () => {
  const [lr, first, second] = schedule({ learningRate: 0.5, step: 3, seed: 0 }, adam)
  expect(lr).toBe(0.5)
  expect(first).toBeCloseTo(1 - 0.729, 6)
  expect(second).toBeCloseTo(1 - 0.857375, 6)
})

it('gives each seed, step and micro-batch a seed of its own', () => {
  const seeds = [0, 1, 2, 2 ** 32, 2 ** 40 + 1].flatMap((seed) =>
    Array.from(
      { length: 50 },
      (_, i) => stepSeed({ learningRate: 0, step: 1 + (i % 25), seed }, Math.floor(i / 25))[0]!,
    ),
  )
  expect(new Set(seeds).size).toBe(seeds.length)
})
