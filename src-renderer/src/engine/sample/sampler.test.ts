import { expect, test } from 'vitest'
import { argmax, createSampler, distribution } from './sampler.ts'

const logits = Float32Array.from([1, 3, 2, -1, 3])
const all = { temperature: 1, topK: 0, topP: 1 }

test('greedy takes the largest logit, the lowest id on a tie', () => {
  expect(createSampler({ ...all, temperature: 0, seed: 5 })(logits)).toBe(1)
  expect(argmax(Float32Array.from([-2, -1]))).toBe(1)
})

test('without limits the distribution is the softmax of logits over temperature', () => {
  const { ids, probabilities } = distribution(logits, { ...all, temperature: 0.5 })
  const weights = [...logits].map((x) => Math.exp(x / 0.5))
  const sum = weights.reduce((a, b) => a + b)
  expect(ids).toEqual([1, 4, 2, 0, 3])
  ids.forEach((id, i) => expect(probabilities[i]).toBeCloseTo((weights[id] as number) / sum, 12))
})

test('top-k keeps k, top-p the smallest set that reaches p, and what is kept sums to one', () => {
  expect(distribution(logits, { ...all, topK: 2 }).ids).toEqual([1, 4])
  // Softmax of the five: 0.402, 0.402, 0.148, 0.054, 0.007
  expect(distribution(logits, { ...all, topP: 0.5 }).ids).toEqual([1, 4])
  expect(distribution(logits, { ...all, topP: 0.9 }).ids).toEqual([1, 4, 2])
  expect(distribution(logits, { ...all, topP: 0 }).ids).toEqual([1])
  const { probabilities } = distribution(logits, { ...all, topK: 3, topP: 0.9 })
  expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
})

test('huge logits do not overflow', () => {
  expect(distribution(Float32Array.from([3e38, 0, -3e38]), all).probabilities).toEqual([1, 0, 0])
})

test('draws repeat with the seed and follow the distribution', () => {
  const draw = (seed: number) => {
    const sampler = createSampler({ ...all, seed })
    return Array.from({ length: 4000 }, () => sampler(logits))
  }
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  const { ids, probabilities } = distribution(logits, all)
  const drawn = draw(3)
  // Four standard deviations of a binomial share at n = 4,000 are at most 0.032.
  ids.forEach((id, i) => {
    expect(Math.abs(drawn.filter((x) => x === id).length / 4000 - (probabilities[i] as number))).toBeLessThan(0.032)
  })
})
