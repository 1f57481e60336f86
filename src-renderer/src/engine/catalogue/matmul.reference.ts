import type { MatmulArgs } from '../backend.ts'

/** op(A) op(B) of dense matrices in float64; see MatmulArgs.layout. */
export function matmulReference(
  layout: MatmulArgs['layout'],
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { m, n, k }: { m: number; n: number; k: number },
): Float64Array {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let x = 0; x < k; x++) {
        const left = layout === 'tn' ? a[x * m + i]! : a[i * k + x]!
        const right = layout === 'nt' ? b[j * k + x]! : b[x * n + j]!
        sum += left * right
      }
      out[i * n + j] = sum
    }
  }
  return out
}
