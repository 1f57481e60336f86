import { expect, test } from 'vitest'
import { blockAdapters, loraTable, mergeAdapters, type LoraOptions } from './lora.ts'
import { trainingMemory } from './memory.ts'
import { presetConfig } from './presets.ts'
import { trainAdapters } from './trainable.ts'

const config = { ...presetConfig('pocket', 40), nEmbd: 2, nLayer: 1 }

test('thirds of c_attn stand at their columns', () => {
  const layers = ['attn.c_attn.q', 'attn.c_attn.v', 'mlp.c_proj'] as const
  expect(blockAdapters(config, { layers }).map((a) => [a.a, a.inputs, a.outputs, a.offset])).toEqual([
    ['attn.c_attn.lora_A.q.weight', 2, 2, 0],
    ['attn.c_attn.lora_A.v.weight', 2, 2, 4],
    ['mlp.c_proj.lora_A.weight', 8, 2, 0],
  ])
  expect(blockAdapters(config, null)).toEqual([])
})

test('merges W + (alpha / r) (B A)^T, by hand', () => {
  const lora: LoraOptions = { rank: 1, alpha: 2, layers: ['attn.c_attn.v'] }
  const weight = Float32Array.from({ length: 12 }, (_x, i) => i)
  const params = new Map([
    ['transformer.h.0.attn.c_attn.weight', weight],
    ['transformer.h.0.attn.c_attn.lora_A.v.weight', Float32Array.of(1, 10)],
    ['transformer.h.0.attn.c_attn.lora_B.v.weight', Float32Array.of(3, 5)],
    ['transformer.ln_f.bias', Float32Array.of(7, 7)],
  ])
  const merged = mergeAdapters(config, lora, params)
  // Row x, column 4 + y: 2 A[x] B[y].
  expect([...merged.get('transformer.h.0.attn.c_attn.weight')!]).toEqual([
    ...[0, 1, 2, 3, 4 + 6, 5 + 10],
    ...[6, 7, 8, 9, 10 + 60, 11 + 100],
  ])
  expect([...merged.keys()]).toEqual(['transformer.h.0.attn.c_attn.weight', 'transformer.ln_f.bias'])
  expect(merged.get('transformer.ln_f.bias')).toBe(params.get('transformer.ln_f.bias'))
  expect(weight[4]).toBe(4)
  params.delete('transformer.h.0.attn.c_attn.lora_B.v.weight')
  expect(() => mergeAdapters(config, lora, params)).toThrow('lora_B.v.weight is missing')
})

test('GPT-2 small with adapters on q and v trains 0.24 % of its numbers', () => {
  const gpt2 = { ...presetConfig('book', 50_257), nPositions: 1024, qkvBias: true }
  const lora: LoraOptions = { rank: 8, alpha: 16, layers: ['attn.c_attn.q', 'attn.c_attn.v'] }
  const count = loraTable(gpt2, lora).reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 0)
  // 12 layers, 2 thirds, A and B of 8 x 768 each.
  expect(count).toBe(294_912)
  const all = trainingMemory(gpt2, { kind: 'lm' }, 4, 256)
  const few = trainingMemory(gpt2, { kind: 'lm' }, 4, 256, trainAdapters(lora, { kind: 'lm' }))
  expect(few.grads + few.moments).toBe(3 * 4 * count)
  expect(few.total / all.total).toBeLessThan(0.5)
})
