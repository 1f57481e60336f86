import { mix32 } from '@shared/random/permutation.ts'

/** Where a record falls by its content and the seed alone: uniform in [0, 1), FNV-1a mixed with the seed. Order and company do not matter. */
export function contentHash(bytes: Uint8Array, seed: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return mix32(hash, seed) / 2 ** 32
}
