import type { Dropout } from '../../backend.ts'
import { at } from '../context.ts'
import type { Word } from '../program.ts'

/** Fields of kernels/random.ts's Mask. */
export const maskWords = (dropout?: Dropout): Word[] =>
  dropout
    ? [at(dropout.seed), dropout.stream, Math.floor(dropout.p * 2 ** 32), { f32: 1 / (1 - dropout.p) }]
    : [0, 0, 0, 0]
