import { mix32 } from '@shared/random/permutation.ts'
import type { AdamWOptions, StepOptions } from '../model/session.ts'

/** Learning rate and Adam's bias corrections 1 - beta^step, computed in f64 (Kingma and Ba 2015, algorithm 1). */
export function schedule({ learningRate, step }: StepOptions, { beta1, beta2 }: AdamWOptions): Float32Array {
  return Float32Array.of(learningRate, 1 - beta1 ** step, 1 - beta2 ** step)
}

/** One u32 from seed and step for the dropout masks. */
export function stepSeed({ seed, step }: StepOptions): Uint32Array {
  return Uint32Array.of(mix32(mix32(seed, Math.floor(seed / 2 ** 32)), step))
}
