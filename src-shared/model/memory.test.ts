import { expect, test } from 'vitest'
import { parameterCount, trainingMemory } from './memory.ts'
import { PRESETS, presetConfig } from './presets.ts'

test('the book model has the sizes the book states', () => {
  const tied = presetConfig('book', 50_257)
  expect(parameterCount(tied)).toBe(123_822_336)
  expect(parameterCount({ ...tied, tieWordEmbeddings: false })).toBe(162_419_712)
  // GPT-2 small itself: context 1,024, qkv bias, tied.
  expect(parameterCount({ ...tied, nPositions: 1024, qkvBias: true })).toBe(124_439_808)
})

test('presets have the sizes shown in the studio', () => {
  const millions = PRESETS.map((p) => parameterCount(presetConfig(p.id, p.suggestedVocab)) / 1e6)
  expect(millions.map((m) => Number(m.toFixed(2)))).toEqual([0.15, 0.96, 5.85, 17.43, 123.82])
})

test('class labels take the place of an untied head', () => {
  const config = { ...presetConfig('pocket', 512), tieWordEmbeddings: false }
  const lm = parameterCount(config)
  expect(parameterCount(config, { kind: 'classification', numLabels: 3 })).toBe(lm - 512 * 64 + 3 * 64)
})

test('memory adds up, and only activations and logits grow with the batch', () => {
  const config = presetConfig('tiny', 1024)
  const one = trainingMemory(config, { kind: 'lm' }, 1, 128)
  const four = trainingMemory(config, { kind: 'lm' }, 4, 128)
  expect(one.total).toBe(one.params + one.grads + one.moments + one.activations + one.logits + one.workspace)
  expect(one.params + one.grads + one.moments).toBe(16 * parameterCount(config))
  expect(four.params).toBe(one.params)
  expect(four.activations).toBe(4 * one.activations)
  expect(trainingMemory(config, { kind: 'lm' }, 64, 128).logits).toBe(four.logits)
})

test('GPT-2 with 4 x 1,024 tokens in f32 takes what was asked for, once activations are worked out again', () => {
  const gpt2 = { ...presetConfig('book', 50_257), nPositions: 1024, qkvBias: true, dropout: 0 }
  const gib = ([0, 1, 2] as const).map(
    (recompute) => trainingMemory(gpt2, { kind: 'lm' }, 4, 1024, undefined, { recompute }).total / 2 ** 30,
  )
  expect(gib[1]).toBeLessThan(3.5)
  expect(gib[2]).toBeLessThan(2.6)
})
