import { mix32 } from '@shared/random/permutation.ts'

/** What a hash begins with before its first byte (FNV-1a). */
export const HASH_START = 0x811c9dc5

/** Goes on with a hash over the first `length` bytes. */
export function hashOn(hash: number, bytes: Uint8Array, length = bytes.length): number {
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return hash
}

/** Where a record falls by the hash of its content and the seed alone: uniform in [0, 1). Order and company do not matter. */
export const placeOf = (hash: number, seed: number): number => mix32(hash, seed) / 2 ** 32
