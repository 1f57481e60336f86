/**
 * A seeded order of 0 .. n-1 that needs no memory: a four-round Feistel network over the next even number of bits,
 * walking its cycle until it falls below n (fewer than four rounds of walking on average).
 * `permutation(n, key)(i)` is a bijection of 0 .. n-1 for every n from 1 to 2^31 and every 32-bit key.
 */
export function permutation(n: number, key: number): (i: number) => number {
  if (!(Number.isInteger(n) && n >= 1 && n <= 2 ** 31)) throw new RangeError(`cannot permute ${n} items`)
  const half = Math.max(1, Math.ceil(Math.ceil(Math.log2(n)) / 2))
  const mask = 2 ** half - 1
  const keys = [1, 2, 3, 4].map((round) => mix32(key, round))
  const network = (x: number): number => {
    let left = Math.floor(x / (mask + 1))
    let right = x & mask
    for (const k of keys) [left, right] = [right, left ^ (mix32(right, k) & mask)]
    return left * (mask + 1) + right
  }
  return (i) => {
    if (!(i >= 0 && i < n)) throw new RangeError(`index ${i} of ${n}`)
    let x = network(i)
    while (x >= n) x = network(x)
    return x
  }
}

/** Hashes two 32-bit numbers to one (the finaliser of MurmurHash3, twice). 0 .. 2^32-1. */
export function mix32(a: number, b: number): number {
  return finalise(finalise(a | 0) ^ Math.imul(b | 0, 0x9e3779b1))
}

function finalise(x: number): number {
  let h = x | 0
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
