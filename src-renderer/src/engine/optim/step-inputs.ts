import { mix32 } from '@shared/random/permutation.ts'
import type { AdamWOptions, StepOptions } from '../model/session.ts'

/** Learning rate and Adam's bias corrections 1 - beta^step, computed in f64 (Kingma and Ba 2015, algorithm 1). */
export function schedule({ learningRate, step }: StepOptions, { beta1, beta2 }: AdamWOptions): Float32Array {
  return Float32Array.of(learningRate, 1 - beta1 ** step, 1 - beta2 ** step)
}

/** One u32 from seed, step and micro-batch for the dropout masks. */
export function stepSeed({ seed, step }: StepOptions, micro = 0): Uint32Array {
  const first = mix32(mix32(seed, Math.floor(seed / 2 ** 32)), step)
  // Complemented, so that it is never mixed in as a step or a half of a seed is.
  return Uint32Array.of(micro === 0 ? first : mix32(first, ~micro))
}
