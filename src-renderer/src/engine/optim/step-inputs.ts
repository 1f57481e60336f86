import type { AdamWOptions, StepOptions } from '../model/session.ts'

/** Learning rate and Adam's bias corrections 1 - beta^step, computed in f64 (Kingma and Ba 2015, algorithm 1). */
export function schedule({ learningRate, step }: StepOptions, { beta1, beta2 }: AdamWOptions): Float32Array {
  return Float32Array.of(learningRate, 1 - beta1 ** step, 1 - beta2 ** step)
}

/** One u32 from seed and step for the dropout masks (the mixing steps of MurmurHash3). */
export function stepSeed({ seed, step }: StepOptions): Uint32Array {
  let h = Math.imul(seed ^ Math.floor(seed / 2 ** 32), 0xcc9e2d51) ^ Math.imul(step, 0x1b873593)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return Uint32Array.of(h ^ (h >>> 16))
}
