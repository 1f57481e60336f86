import { mix32 } from './permutation.ts'

/** Fills `out` with draws from N(0, std^2) that follow from `key` alone (Box-Muller over a hash of the index). */
export function fillNormal(out: Float32Array, std: number, key: number): void {
  for (let i = 0; i < out.length; i += 2) {
    // (0, 1] for the logarithm, [0, 1) for the angle.
    const radius = std * Math.sqrt(-2 * Math.log((mix32(key, i) + 1) / 2 ** 32))
    const angle = 2 * Math.PI * (mix32(key, i + 1) / 2 ** 32)
    out[i] = radius * Math.cos(angle)
    if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle)
  }
}
