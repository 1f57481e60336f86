import type { GptConfig, Head } from './config.ts'
import { parameterTable } from './parameters.ts'

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
  total: number
}

/** Rows of logits held at once: the loss works through the batch in pieces of this many tokens. */
const LOGITS_CHUNK_ROWS = 512

/**
 * Memory of a training step in f32 (4 bytes each). Parameters, gradients and two moments each take one number per parameter.
 * Activations per token: 16 C per block (layer norms 2, qkv 3, attention 1, residuals 2, feed-forward 8) plus H for the
 * softmax's logsumexp, 4 C for embedding, final norm and their gradients, and 13 C + H for one block's gradients in flight.
 */
export function trainingMemory(config: GptConfig, head: Head, batchSize: number, seqLen: number): MemoryEstimate {
  const { vocabSize: V, nEmbd: C, nLayer: L, nHead: H } = config
  const params = 4 * parameterCount(config, head)
  const tokens = batchSize * seqLen
  const activations = 4 * tokens * (L * (16 * C + H) + 4 * C + 13 * C + H)
  const logits =
    head.kind === 'classification' ? 4 * batchSize * head.numLabels : 4 * V * Math.min(tokens, LOGITS_CHUNK_ROWS)
  return {
    params,
    grads: params,
    moments: 2 * params,
    activations,
    logits,
    total: 4 * params + activations + logits,
  }
}
