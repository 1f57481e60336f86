import type { GptConfig, Head } from './config.ts'
import type { Hardware } from './hardware.ts'
import { CPU_LAYOUT, packTensors, tensorBytes, WEBGPU_LAYOUT, type TensorSpec } from './layout.ts'
import { parameterTable } from './parameters.ts'
import { programBytes } from './program-bytes.ts'
import { sessionTensors, type Precision, type Recompute } from './tensors.ts'
import { trainAll, type Trainable } from './trainable.ts'

/**
 * Number of parameters: V C + T C + L (12 C^2 + 10 C, and 3 C more with a qkv bias) + 2 C,
 * plus V C for an untied head or N C for class labels (which take the place of the language-model head).
 */
export function parameterCount(config: GptConfig, head: Head = { kind: 'lm' }): number {
  return parameterTable(config, head).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
}

/** Bytes on the device by category. */
export interface MemoryEstimate {
  params: number
  grads: number
  moments: number
  activations: number
  logits: number
  /** Inputs, results, and what programs need for themselves. */
  workspace: number
  total: number
}

export interface MemoryOptions {
  recompute?: Recompute
  /** Micro-batches of a step. */
  accumulate?: number
  hardware?: Hardware
  precision?: Precision
}

/**
 * Memory of a training step over `batchSize` examples at once, to the byte as a session allocates it, but for programs: their share,
 * which is small, is estimated.
 */
export function trainingMemory(
  config: GptConfig,
  head: Head,
  batchSize: number,
  seqLen: number,
  trainable: Trainable = trainAll(config),
  { recompute = 0, accumulate = 1, hardware = { kind: 'gpu', threads: 1 }, precision = 'f32' }: MemoryOptions = {},
): MemoryEstimate {
  const largest = hardware.largestBinding ?? Infinity
  const shape = { config, head, batch: batchSize, seqLen, training: true, trainable, recompute, largest, precision }
  const { trained, frozen, activations, inputs } = sessionTensors(shape)
  const layout = hardware.kind === 'cpu' ? CPU_LAYOUT : WEBGPU_LAYOUT
  const packed = (specs: readonly TensorSpec[]) =>
    4 * packTensors(specs, layout, largest).lengths.reduce((a, b) => a + b, 0)
  const single = (specs: readonly TensorSpec[]) => specs.reduce((sum, spec) => sum + tensorBytes(spec, layout), 0)
  const logits = single(inputs.filter(({ name }) => name === 'logits'))
  const grads = packed(trained)
  const parts = {
    // In mixed precision with a shadow in 16 bits.
    params: (precision === 'mixed' ? 1.5 : 1) * (grads + packed(frozen)),
    grads,
    moments: 2 * grads,
    activations: single(activations),
    logits,
    workspace: single(inputs) - logits + programBytes(shape, accumulate, hardware),
  }
  return { ...parts, total: Object.values(parts).reduce((a, b) => a + b, 0) }
}
