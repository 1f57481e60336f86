import type { GptConfig } from './config.ts'

/**
 * Floating-point operations (a multiply-add is two) of a forward pass over `tokens` tokens in sequences of `seqLen`:
 * 2 (12 L C^2 + V C) per token for the matrix products, and 2 L T C for causal attention (scores and mix, half of the square).
 * The convention of llm.c's MFU.
 */
export function forwardFlops(config: GptConfig, tokens: number, seqLen: number): number {
  const { nLayer: L, nEmbd: C, vocabSize: V } = config
  return tokens * (2 * (12 * L * C * C + V * C) + 2 * L * seqLen * C)
}

/** One training step: the backward pass costs twice the forward. */
export function trainStepFlops(config: GptConfig, batchSize: number, seqLen: number): number {
  return 3 * forwardFlops(config, batchSize * seqLen, seqLen)
}
