import { describe, expect, test } from 'vitest'
import { LORA_LAYERS, loraTable, type LoraOptions } from '../model/lora.ts'
import { presetConfig } from '../model/presets.ts'
import { adapterTensors, peftConfig, readAdapter } from './adapter.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

const config = { ...presetConfig('pocket', 40), nEmbd: 8, nLayer: 2 }

function someAdapter(lora: LoraOptions) {
  let at = 0
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
  return new Map(
    loraTable(config, lora).map(({ name, shape }) => [name, Float32Array.from({ length: size(shape) }, () => at++)]),
  )
}

const stored = (tensors: ReturnType<typeof adapterTensors>) =>
  readSafetensors(writeSafetensors(tensors.map((t) => ({ ...t, dtype: 'F32' as const })))).tensors

describe.each([
  ['peft', LORA_LAYERS.filter((layer) => !/[qkv]$/.test(layer))],
  ['plain', LORA_LAYERS],
] as const)('%s', (layout, layers) => {
  const lora = { rank: 3, alpha: 6, layers }

  test('is read as it was written', () => {
    const params = someAdapter(lora)
    expect(readAdapter(stored(adapterTensors(config, { layout, lora, params })), config, 6)).toEqual({
      layout,
      lora,
      params,
    })
  })

  test('says which tensor is missing or of another model', () => {
    const tensors = stored(adapterTensors(config, { layout, lora, params: someAdapter(lora) }))
    const other = { ...config, nEmbd: 12 }
    expect(() => readAdapter(tensors, other, 6)).toThrow(/c_attn.lora_A.*is 3 x 8; 3 x 12 is due/)
    tensors.delete([...tensors.keys()].find((name) => name.includes('h.1.mlp.c_fc.lora_B'))!)
    expect(() => readAdapter(tensors, config, 6)).toThrow(/h\.1\.mlp\.c_fc\.lora_B\.weight is missing/)
  })
})

test('peft names and settings are peft’s', () => {
  const lora: LoraOptions = { rank: 2, alpha: 4, layers: ['attn.c_attn'] }
  const tensors = adapterTensors(config, { layout: 'peft', lora, params: someAdapter(lora) })
  expect(tensors[1]).toMatchObject({
    name: 'base_model.model.transformer.h.0.attn.c_attn.lora_B.weight',
    shape: [24, 2],
  })
  expect(peftConfig(lora)).toMatchObject({ r: 2, lora_alpha: 4, target_modules: ['attn.c_attn'], fan_in_fan_out: true })
  expect(peftConfig(lora, true)).toMatchObject({ task_type: 'SEQ_CLS', modules_to_save: ['score'] })
  // As in the state dict of a model with an adapter named default.
  const named = new Map([...stored(tensors)].map(([name, t]) => [name.replace(/(lora_[AB])/, '$1.default'), t]))
  expect(readAdapter(named, config, 4).lora).toEqual(lora)
})

test('what trains beside the adapters goes along', () => {
  const lora: LoraOptions = { rank: 2, alpha: 4, layers: ['mlp.c_proj'] }
  const params = someAdapter(lora).set('score.weight', new Float32Array(16).fill(1))
  const tensors = adapterTensors(config, { layout: 'peft', lora, params }, [{ name: 'score.weight', shape: [2, 8] }])
  expect(tensors.at(-1)!.name).toBe('base_model.model.score.weight')
  expect(readAdapter(stored(tensors), config, 4).params).toEqual(params)
})

test('what is no adapter of a GPT-2, or none that peft can hold, is refused in words', () => {
  const file = (name: string) => new Map([[name, { dtype: 'F32', shape: [1], data: new Uint8Array(4) }]])
  expect(() => readAdapter(file('wte.weight'), config, 1)).toThrow('it holds no low-rank matrices')
  expect(() => readAdapter(file('model.layers.0.q_proj.lora_A.weight'), config, 1)).toThrow('no linear layer')
  const lora: LoraOptions = { rank: 2, alpha: 4, layers: ['attn.c_attn.q'] }
  expect(() => peftConfig(lora)).toThrow('a third of c_attn')
  expect(() => adapterTensors(config, { layout: 'peft', lora, params: someAdapter(lora) })).toThrow('a third of c_attn')
})
