import { expect, test } from 'vitest'
import { presetConfig } from '@shared/model/presets.ts'
import { finetuneParams, initialAdapters, initialParams } from './initial.ts'

const config = presetConfig('pocket', 300)
const std = (x: Float32Array) => Math.sqrt(x.reduce((s, v) => s + v * v, 0) / x.length)

test('starts as GPT-2 does: 0.02, projections smaller, norms 1, biases 0', () => {
  const params = initialParams(config, { kind: 'lm' }, 1)
  expect(std(params.get('transformer.wte.weight')!)).toBeCloseTo(0.02, 3)
  expect(std(params.get('transformer.h.1.mlp.c_proj.weight')!)).toBeCloseTo(0.01, 3)
  expect(params.get('transformer.ln_f.weight')!.every((v) => v === 1)).toBe(true)
  expect(params.get('transformer.h.0.mlp.c_fc.bias')!.every((v) => v === 0)).toBe(true)
  expect(params.get('transformer.h.0.mlp.c_fc.weight')).not.toEqual(params.get('transformer.h.1.mlp.c_fc.weight'))
  expect(initialParams(config, { kind: 'lm' }, 1)).toEqual(params)
  expect(initialParams(config, { kind: 'lm' }, 2)).not.toEqual(params)
})

test('a classifier takes the base and a fresh head', () => {
  const base = initialParams({ ...config, tieWordEmbeddings: false }, { kind: 'lm' }, 1)
  const head = { kind: 'classification', numLabels: 3 } as const
  const params = finetuneParams(base, { ...config, tieWordEmbeddings: false }, head, 9)
  expect(params.get('transformer.wte.weight')).toBe(base.get('transformer.wte.weight'))
  expect(params.has('lm_head.weight')).toBe(false)
  expect(std(params.get('score.weight')!)).toBeCloseTo(0.02, 2)
})

test('another architecture is refused with the tensor named', () => {
  const base = initialParams(config, { kind: 'lm' }, 1)
  expect(() => finetuneParams(base, { ...config, vocabSize: 301 }, { kind: 'lm' }, 1)).toThrow(
    /transformer\.wte\.weight has 19200/,
  )
  expect(() => finetuneParams(base, { ...config, nLayer: 3 }, { kind: 'lm' }, 1)).toThrow(
    /transformer\.h\.2\.ln_1\.weight is missing/,
  )
})

test('adapters start as peft’s: A uniform by its inputs, B zero', () => {
  const adapters = initialAdapters(config, { rank: 8, alpha: 16, layers: ['attn.c_attn', 'mlp.c_proj'] }, 3)
  for (const [name, inputs] of [
    ['transformer.h.0.attn.c_attn.lora_A.weight', 64],
    ['transformer.h.1.mlp.c_proj.lora_A.weight', 256],
  ] as const) {
    const values = adapters.get(name)!
    const bound = 1 / Math.sqrt(inputs)
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound)
    expect(std(values) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1)
    expect(Math.abs(values.reduce((a, b) => a + b, 0) / values.length)).toBeLessThan(bound / 10)
  }
  expect(adapters.get('transformer.h.0.attn.c_attn.lora_B.weight')!.every((v) => v === 0)).toBe(true)
})
