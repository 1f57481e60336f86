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
 * Activations per token and block: 16 C (two norms, qkv 3, attention 1, two residuals, feed-forward 4 before GELU and 4 after),
 * H for the softmax's logsumexp, 4 for the norms' statistics. Once per token: C for the embeddings, 9 C + H for one block's gradients
 * in flight, C more with dropout. Once per row that the head sees (tokens, or texts with class labels): C + 2 for the final norm.
 */
export function trainingMemory(config: GptConfig, head: Head, batchSize: number, seqLen: number): MemoryEstimate {
  const { vocabSize: V, nEmbd: C, nLayer: L, nHead: H } = config
  const params = 4 * parameterCount(config, head)
  const tokens = batchSize * seqLen
  const [rows, classes] = head.kind === 'classification' ? [batchSize, head.numLabels] : [tokens, V]
  const perToken = L * (16 * C + H + 4) + C + 9 * C + H + (config.dropout > 0 ? C : 0)
  const activations = 4 * (tokens * perToken + rows * (C + 2))
  const logits = 4 * classes * Math.min(rows, LOGITS_CHUNK_ROWS)
  return {
    params,
    grads: params,
    moments: 2 * params,
    activations,
    logits,
    total: 4 * params + activations + logits,
  }
}
