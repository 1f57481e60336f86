import { expect, test } from 'vitest'
import { createRng } from '@shared/random/rng.ts'
import { ranking } from './ranking.ts'
import { argmax, createSampler, distribution as candidates } from './sampler.ts'

const logits = Float32Array.from([1, 3, 2, -1, 3])
const all = { temperature: 1, topK: 0, topP: 1 }

/** All that may be drawn, at once. */
function distribution(...given: Parameters<typeof candidates>) {
  const found = [...candidates(...given)]
  return { ids: found.map(({ id }) => id), probabilities: found.map(({ probability }) => probability) }
}

test('ids are ranked as a sort ranks them, equal logits by their ids', () => {
  const rng = createRng(1)
  for (const length of [0, 1, 2, 3, 10, 1000]) {
    const some = Float32Array.from({ length }, () => Math.round(rng.next() * 300) / 10)
    const sorted = [...some.keys()].sort((a, b) => some[b]! - some[a]! || a - b)
    expect([...ranking(some)]).toEqual(sorted)
  }
})

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

test.each([
  [0, 1],
  [40, 1],
  [0, 0.9],
  [40, 0.9],
  [5000, 0.5],
])('of many ids, top-k %i and top-p %f keep what sorting all of them keeps', (topK, topP) => {
  const rng = createRng(2)
  const many = Float32Array.from({ length: 3000 }, () => 8 * rng.next())
  const sorted = [...many.keys()].sort((a, b) => many[b]! - many[a]!).slice(0, topK || undefined)
  const weights = sorted.map((id) => Math.exp(many[id]! / 0.7))
  const sum = weights.reduce((a, b) => a + b)
  let [kept, share] = [0, 0]
  while (kept < sorted.length && (kept === 0 || share < topP * sum)) share += weights[kept++]!
  const { ids, probabilities } = distribution(many, { temperature: 0.7, topK, topP })
  expect(ids).toEqual(sorted.slice(0, topP < 1 ? kept : undefined))
  probabilities.forEach((p, i) => expect(p).toBeCloseTo(weights[i]! / (topP < 1 ? share : sum), 10))
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
