import { mix32 } from '../../random/permutation.ts'

/** Hashes in a signature. The estimate's standard error is sqrt(J (1 - J) / 128): 2.7 % at a similarity of 0.9. */
export const HASHES = 128
/** Characters in a shingle. */
export const SHINGLE = 5

const FACTORS = new Int32Array(HASHES)
const OFFSETS = new Int32Array(HASHES)
for (let i = 0; i < HASHES; i++) {
  FACTORS[i] = mix32(2 * i + 1, 0x51ed270b) | 1
  OFFSETS[i] = mix32(2 * i + 2, 0x27d4eb2f)
}

/** What is compared: lower case, runs of white space as one space. */
export const comparable = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ').trim()

/**
 * MinHash signature (Broder 1997) of a text's set of shingles, its overlapping five-character pieces: the share of places in which
 * two signatures agree estimates the Jaccard similarity of the sets. A text shorter than a shingle is one shingle.
 * @param into HASHES numbers
 */
export function minhash(text: string, into: Uint32Array): void {
  into.fill(0xffffffff)
  const plain = comparable(text)
  const last = Math.max(0, plain.length - SHINGLE)
  for (let start = 0; start <= last; start++) {
    let hash = 0x811c9dc5
    for (let i = start; i < start + SHINGLE && i < plain.length; i++) {
      hash = Math.imul(hash ^ plain.charCodeAt(i), 0x01000193)
    }
    hash ^= hash >>> 15
    hash = Math.imul(hash, 0x2c1b3c6d)
    hash ^= hash >>> 12
    for (let k = 0; k < HASHES; k++) {
      // Multiply-shift: the high bits decide, which are its good ones (Dietzfelbinger et al. 1997).
      const value = (Math.imul(hash, FACTORS[k] as number) + (OFFSETS[k] as number)) >>> 0
      if (value < (into[k] as number)) into[k] = value
    }
  }
}

/**
 * Estimated Jaccard similarity, 0 .. 1, of a signature and one inside an array.
 * @param atLeast below this 0 is returned, as soon as it is sure
 */
export function similarity(a: Uint32Array, b: Uint32Array, bStart = 0, atLeast = 0): number {
  let left = HASHES - Math.ceil(HASHES * atLeast)
  let same = 0
  for (let k = 0; k < HASHES; k++) {
    if (a[k] === b[bStart + k]) same++
    else if (left-- === 0) return 0
  }
  return same / HASHES
}
