import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { ADAPTER_CONFIG_FILE, ADAPTER_FILE, readAdapter, type AdapterTensors } from '@shared/formats/adapter.ts'
import { readSafetensors, toFloat32, type StoredTensor } from '@shared/formats/safetensors.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import { fromHfConfig } from '@shared/model/hf-config.ts'
import type { AdamWOptions, Batch, TensorMap } from '@engine/model/session.ts'

/** A folder with a model, batches, and what another implementation made of them. */
export interface Fixture {
  config: GptConfig
  head: Head
  /** Those of the adapters too, where there are any. */
  params: TensorMap
  /** Low-rank adapters, which then train with all else frozen. */
  adapter: Pick<AdapterTensors, 'layout' | 'lora'> | null
  batchSize: number
  seqLen: number
  batches: Batch[]
  optimizer: AdamWOptions
  /** Learning rate of each step. */
  learningRates: number[]
  /** Numbers of steps after which the parameters are wanted. */
  checkpoints: number[]
  /** Prompts to continue greedily, and by how many tokens; empty where the folder asks for none. */
  decode: { prompt: number[]; length: number }[]
}

interface Manifest {
  optimizer: { betas: [number, number]; eps: number; weight_decay: number; clip: number }
  steps: { lr: number }[]
  lora?: { alpha: number }
}

/** @throws AppError naming the file that is missing or doesn't fit */
export function readFixture(folder: string): Fixture {
  const tensors = readTensors(folder, 'model.safetensors')
  const { config, head } = readConfig(folder, tensors)
  const params: TensorMap = new Map([...tensors].map(([name, tensor]) => [name, toFloat32(tensor)]))
  const manifest = readJson(folder, 'manifest.json') as Manifest
  const adapter = readAdapters(folder, config, manifest)
  for (const [name, values] of adapter?.params ?? []) params.set(name, values)
  const { betas, eps, weight_decay: weightDecay, clip } = manifest.optimizer
  const learningRates = manifest.steps.map(({ lr }) => lr)
  return {
    config,
    head,
    params,
    adapter,
    ...readBatches(folder, head),
    optimizer: { beta1: betas[0], beta2: betas[1], eps, weightDecay, gradClip: clip },
    learningRates,
    checkpoints: checkpointsOf(folder, learningRates.length),
    decode: readDecode(folder),
  }
}

/** The steps that the folder holds results for, and the usual ones. */
function checkpointsOf(folder: string, steps: number): number[] {
  const named = readdirSync(folder).flatMap((name) => /^after_(\d+)\.safetensors$/.exec(name)?.[1] ?? [])
  const counts = new Set([1, 2, 3, steps, ...named.map(Number)])
  return [...counts].filter((n) => n >= 1 && n <= steps).sort((a, b) => a - b)
}

function readConfig(folder: string, tensors: Map<string, StoredTensor>): { config: GptConfig; head: Head } {
  const json = readJson(folder, 'config.json') as object
  const config: GptConfig = {
    ...fromHfConfig(json, join(folder, 'config.json')),
    dropout: 0,
    qkvBias: tensors.has('transformer.h.0.attn.c_attn.bias'),
    tieWordEmbeddings: !tensors.has('lm_head.weight'),
  }
  const score = tensors.get('score.weight')
  return { config, head: score ? { kind: 'classification', numLabels: score.shape[0]! } : { kind: 'lm' } }
}

function readAdapters(folder: string, config: GptConfig, { lora }: Manifest): AdapterTensors | null {
  if (!existsSync(join(folder, ADAPTER_FILE))) return null
  const settings = existsSync(join(folder, ADAPTER_CONFIG_FILE))
    ? (readJson(folder, ADAPTER_CONFIG_FILE) as { lora_alpha?: number })
    : null
  const alpha = settings?.lora_alpha ?? lora?.alpha
  if (alpha === undefined) throw corrupt(join(folder, 'manifest.json'), 'it does not tell the alpha of the adapters')
  return readAdapter(readTensors(folder, ADAPTER_FILE), config, alpha)
}

function readBatches(folder: string, head: Head): Pick<Fixture, 'batches' | 'batchSize' | 'seqLen'> {
  const tensors = readTensors(folder, 'batches.safetensors')
  const need = (name: string): StoredTensor => {
    const tensor = tensors.get(name)
    if (tensor?.dtype === 'I32') return tensor
    throw corrupt(join(folder, 'batches.safetensors'), `it has no I32 tensor ${name}`)
  }
  const [steps = 0, batchSize = 0, seqLen = 0] = need('input_ids').shape
  const slice = (name: string, s: number, length: number) => integers(need(name)).slice(s * length, (s + 1) * length)
  const batches = Array.from({ length: steps }, (_, s): Batch => {
    const inputIds = slice('input_ids', s, batchSize * seqLen)
    if (head.kind === 'lm') return { inputIds, labels: slice('labels', s, batchSize * seqLen) }
    return { inputIds, labels: slice('labels', s, batchSize), lastIndex: slice('last_index', s, batchSize) }
  })
  return { batches, batchSize, seqLen }
}

function readDecode(folder: string): Fixture['decode'] {
  if (!existsSync(join(folder, 'decode.json'))) return []
  const { cases } = readJson(folder, 'decode.json') as { cases: { prompt: number[]; next_ids?: number[] }[] }
  return cases.map(({ prompt, next_ids }) => ({ prompt, length: next_ids?.length ?? 20 }))
}

function readBytes(folder: string, name: string): Buffer {
  const path = join(folder, name)
  if (existsSync(path)) return readFileSync(path)
  throw new AppError({
    code: 'not_found',
    message: `${path} is missing.`,
    hint: 'A fixture folder holds config.json, model.safetensors, batches.safetensors and manifest.json.',
  })
}

const readTensors = (folder: string, name: string) => readSafetensors(readBytes(folder, name)).tensors

function readJson(folder: string, name: string): unknown {
  try {
    return JSON.parse(readBytes(folder, name).toString('utf8'))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw corrupt(join(folder, name), (error as Error).message)
  }
}

// A copy, for a view must begin at a multiple of 4 bytes.
const integers = ({ data }: StoredTensor) => new Int32Array(Uint8Array.from(data).buffer)

const corrupt = (path: string, why: string) =>
  new AppError({ code: 'corrupt', message: `${path} can't be used: ${why}.`, hint: 'Make the fixture again.' })
