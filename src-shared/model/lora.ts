import { AppError } from '../contract/errors.ts'
import type { GptConfig } from './config.ts'
import type { ParameterSpec } from './parameters.ts'

/**
 * Low-rank adapters (Hu et al. 2021, "LoRA"): a frozen linear layer y = x W + b becomes y = x W + b + (alpha / rank) (x A^T) B^T, and
 * only A (rank, in) and B (out, rank) train. Legend: C width; W is Conv1D, (in, out).
 */

/** Linear layers that can have an adapter, by their names in a block. `.q`, `.k`, `.v`: a third of c_attn's outputs, with a pair of its own. */
export const LORA_LAYERS = [
  'attn.c_attn',
  'attn.c_attn.q',
  'attn.c_attn.k',
  'attn.c_attn.v',
  'attn.c_proj',
  'mlp.c_fc',
  'mlp.c_proj',
] as const

export type LoraLayer = (typeof LORA_LAYERS)[number]

export interface LoraOptions {
  /** r >= 1 */
  rank: number
  /** The adapter's share is scaled by alpha / rank. */
  alpha: number
  /** In every block. */
  layers: readonly LoraLayer[]
}

/** One pair of matrices beside a linear layer. */
export interface Adapter {
  /** The linear layer, after `transformer.h.{i}.`. */
  linear: 'attn.c_attn' | 'attn.c_proj' | 'mlp.c_fc' | 'mlp.c_proj'
  /** After `transformer.h.{i}.`: A (rank, inputs), B (outputs, rank). */
  a: string
  b: string
  inputs: number
  outputs: number
  /** First of the layer's output columns that it adds to. */
  offset: number
}

/** The adapters of one block. */
export function blockAdapters(
  { nEmbd: C }: Pick<GptConfig, 'nEmbd'>,
  lora: Pick<LoraOptions, 'layers'> | null,
): Adapter[] {
  const layers = new Set(lora?.layers)
  return LORA_LAYERS.filter((layer) => layers.has(layer)).map((layer): Adapter => {
    const [, linear, part] = /^(\w+\.c_\w+?)(?:\.([qkv]))?$/.exec(layer) as unknown as [
      string,
      Adapter['linear'],
      string?,
    ]
    const name = (matrix: string) => `${linear}.lora_${matrix}${part ? `.${part}` : ''}.weight`
    const inputs = linear === 'mlp.c_proj' ? 4 * C : C
    const width = { 'attn.c_attn': 3 * C, 'attn.c_proj': C, 'mlp.c_fc': 4 * C, 'mlp.c_proj': C }[linear]
    const offset = part ? 'qkv'.indexOf(part) * C : 0
    return { linear, a: name('A'), b: name('B'), inputs, outputs: part ? C : width, offset }
  })
}

/**
 * Every adapter matrix of a model, initially as peft has them: A Kaiming-uniform with a = sqrt(5), which is U(-1, 1) / sqrt(inputs), B
 * zero, so that a new adapter changes nothing.
 */
export function loraTable(config: Pick<GptConfig, 'nEmbd' | 'nLayer'>, lora: LoraOptions | null): ParameterSpec[] {
  if (!lora) return []
  const adapters = blockAdapters(config, lora)
  return Array.from({ length: config.nLayer }, (_, i) =>
    adapters.flatMap(({ a, b, inputs, outputs }): ParameterSpec[] => [
      {
        name: `transformer.h.${i}.${a}`,
        shape: [lora.rank, inputs],
        decay: true,
        init: { kind: 'uniform', bound: 1 / Math.sqrt(inputs) },
      },
      { name: `transformer.h.${i}.${b}`, shape: [outputs, lora.rank], decay: true, init: { kind: 'zeros' } },
    ]),
  ).flat()
}

type Tensors = ReadonlyMap<string, Float32Array>

/**
 * The model that computes without adapters what `params` computes with them: W + (alpha / rank) (B A)^T, everything else as it is, and
 * no adapter left. Sums are taken in f64. Tensors that don't change are not copied.
 * @throws AppError 'corrupt' when a tensor is missing
 */
export function mergeAdapters(config: GptConfig, lora: LoraOptions, params: Tensors): Map<string, Float32Array> {
  const names = new Set(loraTable(config, lora).map(({ name }) => name))
  const merged = new Map([...params].filter(([name]) => !names.has(name)))
  const need = (from: Tensors, name: string): Float32Array => {
    const found = from.get(name)
    if (found) return found
    throw new AppError({
      code: 'corrupt',
      message: `The tensor ${name} is missing, so the adapter can't be merged.`,
      hint: 'Choose the adapter together with the model that it was trained on.',
    })
  }
  for (let i = 0; i < config.nLayer; i++) {
    const changed = new Map<string, Float64Array>()
    for (const { linear, a, b, inputs, outputs, offset } of blockAdapters(config, lora)) {
      const name = `transformer.h.${i}.${linear}.weight`
      const weight = changed.get(name) ?? Float64Array.from(need(merged, name))
      changed.set(name, weight)
      const [A, B] = [need(params, `transformer.h.${i}.${a}`), need(params, `transformer.h.${i}.${b}`)]
      const scale = lora.alpha / lora.rank
      const columns = weight.length / inputs
      for (let x = 0; x < inputs; x++) {
        for (let y = 0; y < outputs; y++) {
          let sum = 0
          for (let r = 0; r < lora.rank; r++) sum += B[y * lora.rank + r]! * A[r * inputs + x]!
          weight[x * columns + offset + y]! += scale * sum
        }
      }
    }
    for (const [name, weight] of changed) merged.set(name, Float32Array.from(weight))
  }
  return merged
}
