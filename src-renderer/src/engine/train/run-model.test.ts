import { expect, test } from 'vitest'
import { presetConfig } from '@shared/model/presets.ts'
import type { TrainableChoice } from '@shared/model/trainable-choice.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { type CheckpointFile } from './checkpoint.ts'
import { initialParams, startingParams } from './initial.ts'
import { RunModel } from './run-model.ts'

const config = presetConfig('pocket', 60)
const LM = { kind: 'lm' } as const
const CLASSES = { kind: 'classification', numLabels: 3 } as const
const base = initialParams(config, LM, 1)
const lora = (layers: (TrainableChoice & { kind: 'lora' })['layers']): TrainableChoice => ({
  kind: 'lora',
  rank: 2,
  alpha: 6,
  layers,
})

async function bytesOf(file: CheckpointFile): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of file.parts()) parts.push(part)
  return new Uint8Array(Buffer.concat(parts))
}

const same = (a: TensorMap, b: TensorMap) =>
  a.size === b.size &&
  [...a].every(([name, values]) => Buffer.from(values.buffer).equals(Buffer.from(b.get(name)!.buffer)))

const only = (params: TensorMap, wanted: RegExp): TensorMap =>
  new Map([...params].filter(([name]) => wanted.test(name)))

test('of adapters a checkpoint holds them, the class scores and their moments, as peft has them', async () => {
  const choice = lora(['attn.c_attn', 'mlp.c_fc'])
  const model = new RunModel(config, CLASSES, choice)
  const params = startingParams(base, config, CLASSES, { seed: 3, trainable: choice })
  const trained = only(params, /lora_|score/)
  expect(trained.size).toBe(2 * 2 * config.nLayer + 1)
  const files = model.files({ params: trained, m: trained, v: trained }, '../base')
  expect(files.map(({ name }) => name)).toEqual([
    'adapter_model.safetensors',
    'adapter_config.json',
    'optim.safetensors',
  ])
  expect(same(model.readWeights(await bytesOf(files[0]!)), trained)).toBe(true)
  expect(JSON.parse(new TextDecoder().decode(await bytesOf(files[1]!)))).toMatchObject({
    base_model_name_or_path: '../base',
    r: 2,
    lora_alpha: 6,
    target_modules: ['attn.c_attn', 'mlp.c_fc'],
    modules_to_save: ['score'],
  })
  const { m, v } = model.readMoments(await bytesOf(files[2]!))
  expect(same(m, trained) && same(v, trained)).toBe(true)
  expect(files[0]!.bytes).toBeLessThan(20_000)
})

test('thirds of c_attn, which peft cannot hold, are kept by the engine’s own names', async () => {
  const choice = lora(['attn.c_attn.q', 'attn.c_attn.v'])
  const model = new RunModel(config, LM, choice)
  const trained = only(startingParams(base, config, LM, { seed: 3, trainable: choice }), /lora_/)
  const [weights, ...none] = model.files({ params: trained }, null)
  expect(none).toEqual([])
  expect(same(model.readWeights(await bytesOf(weights!)), trained)).toBe(true)
  const other = new RunModel(config, LM, lora(['attn.c_attn.q', 'mlp.c_fc']))
  expect(() => other.readWeights(new Uint8Array(8))).toThrow(expect.objectContaining({ code: 'corrupt' }))
  const bytes = await bytesOf(weights!)
  expect(() => other.readWeights(bytes)).toThrow(/mlp\.c_fc\.lora_A\.weight is missing or of another size/)
})

test('of the last blocks it holds the whole model, and the moments of what trains', async () => {
  const choice: TrainableChoice = { kind: 'last_blocks', blocks: 1 }
  const model = new RunModel(config, LM, choice)
  const moments = only(base, /h\.1\.|ln_f/)
  const files = model.files({ params: base, m: moments, v: moments }, null)
  expect(files.map(({ name }) => name)).toEqual(['model.safetensors', 'optim.safetensors'])
  expect(same(model.readWeights(await bytesOf(files[0]!)), base)).toBe(true)
  expect(same(model.readMoments(await bytesOf(files[1]!)).v, moments)).toBe(true)
})

test('new adapters leave the base as it is, merged or not', () => {
  const choice = lora(['attn.c_attn.k', 'mlp.c_proj'])
  const params = startingParams(base, config, LM, { seed: 3, trainable: choice })
  expect(same(new RunModel(config, LM, choice).merge(params), base)).toBe(true)
  expect(new RunModel(config, LM, { kind: 'all' }).merge(base)).toBe(base)
})
