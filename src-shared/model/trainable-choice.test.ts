import * as v from 'valibot'
import { expect, test } from 'vitest'
import { LORA_LAYERS } from './lora.ts'
import { parameterCount, trainingMemory } from './memory.ts'
import { presetConfig } from './presets.ts'
import { trainableChoiceSchema, trainableCounts, trainableOf, type TrainableChoice } from './trainable-choice.ts'
import { lowestBlock } from './trainable.ts'

const config = presetConfig('tiny', 500)
const LM = { kind: 'lm' } as const
const CLASSES = { kind: 'classification', numLabels: 2 } as const
const lora: TrainableChoice = { kind: 'lora', rank: 8, alpha: 16, layers: ['mlp.c_proj', 'attn.c_attn'] }
const counts = (choice: TrainableChoice, head: typeof LM | typeof CLASSES) =>
  trainableCounts(config, head, trainableOf(choice, config, head))

test('everything trains unless something else is chosen', () => {
  expect(counts({ kind: 'all' }, LM)).toEqual({ trained: parameterCount(config), total: parameterCount(config) })
})

test('adapters alone, and with them new class scores', () => {
  const { nEmbd: C, nLayer: L } = config
  const adapters = L * 8 * (C + 3 * C + 4 * C + C)
  expect(counts(lora, LM)).toEqual({ trained: adapters, total: parameterCount(config) + adapters })
  expect(counts(lora, CLASSES).trained).toBe(adapters + 2 * C)
  // However they were ticked, the tensors are the same.
  expect(trainableOf(lora, config, LM).lora!.layers).toEqual(['attn.c_attn', 'mlp.c_proj'])
})

test('the last blocks leave a tied head, so that the pass back ends at them', () => {
  const last = trainableOf({ kind: 'last_blocks', blocks: 1 }, config, LM)
  expect(lowestBlock(config, LM, last)).toBe(config.nLayer - 1)
  expect(trainableOf({ kind: 'last_blocks', blocks: 1 }, { ...config, tieWordEmbeddings: false }, LM).head).toBe(true)
  // Scores alone: the blocks are not entered at all.
  const scores = trainableOf({ kind: 'last_blocks', blocks: 0 }, config, CLASSES)
  expect(lowestBlock(config, CLASSES, scores)).toBe(config.nLayer)
  expect(trainableCounts(config, CLASSES, scores).trained).toBe(2 * config.nEmbd + 2 * config.nEmbd)
})

test('each choice takes less memory than everything', () => {
  const bytes = (choice: TrainableChoice) => trainingMemory(config, LM, 8, 64, trainableOf(choice, config, LM)).total
  for (const choice of [lora, { kind: 'last_blocks', blocks: 1 } as const])
    expect(bytes(choice)).toBeLessThan(0.8 * bytes({ kind: 'all' }))
})

test('a choice that trains nothing, or of unknown layers, is refused', () => {
  const valid = (choice: unknown) => v.safeParse(trainableChoiceSchema, choice).success
  expect(valid({ ...lora, layers: LORA_LAYERS })).toBe(true)
  expect(valid({ ...lora, layers: [] })).toBe(false)
  expect(valid({ ...lora, layers: ['lm_head'] })).toBe(false)
  expect(valid({ ...lora, rank: 0 })).toBe(false)
  expect(valid({ ...lora, alpha: 0 })).toBe(false)
})
