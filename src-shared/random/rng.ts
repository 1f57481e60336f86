import { mix32 } from './permutation.ts'

/** A small seeded generator: the same seed gives the same draws on every machine. */
export type Rng = {
  /** Uniform in [0, 1), 32 bits fine. */
  next(): number
  /** Uniform integer in 0 .. n-1. Throws RangeError unless n is an integer from 1 to 2^32. */
  int(n: number): number
  /** One element, each equally likely. Throws RangeError for an empty list. */
  pick<T>(xs: readonly T[]): T
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(xs: T[]): T[]
  /** A draw from the standard normal distribution (Box-Muller). */
  normal(): number
}

/** Generator of xoshiro128** whose state is expanded from a 32-bit `seed` by hashing. */
export function createRng(seed: number): Rng {
  // Distinct hashes, so at most one of the four is zero.
  const draw = xoshiro128StarStar([mix32(seed, 1), mix32(seed, 2), mix32(seed, 3), mix32(seed, 4)])
  const next = () => draw() / 2 ** 32
  const int = (n: number) => {
    if (!(Number.isInteger(n) && n >= 1 && n <= 2 ** 32)) throw new RangeError(`cannot draw from ${n} values`)
    return Math.floor(next() * n)
  }
  return {
    next,
    int,
    pick: (xs) => xs[int(xs.length)]!,
    shuffle(xs) {
      for (let i = xs.length - 1; i > 0; i--) {
        const j = int(i + 1)
        ;[xs[i], xs[j]] = [xs[j]!, xs[i]!]
      }
      return xs
    },
    // 1 - next() lies in (0, 1], where the logarithm is finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}

/**
 * xoshiro128** 1.1 by Blackman and Vigna (https://prng.di.unimi.it/xoshiro128starstar.c): 32-bit outputs, period
 * 2^128 - 1. The state must not be all zero.
 */
export function xoshiro128StarStar(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return result
  }
}

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by))
}
