import type { MatmulArgs } from '../../backend.ts'
import { tileName, type Tile, type Tuning } from '../tuning.ts'
import type { VariantCheck } from './report.ts'
import type { Tunable } from './tunable.ts'

type Layout = MatmulArgs['layout']
interface Case {
  layout: Layout
  m: number
  n: number
  k: number
  /** Whether k is cut into parts. */
  split?: true
}

const LAYOUTS: readonly Layout[] = ['nn', 'nt', 'tn']
/** No size is a tile's, no two are alike; whole vec4s first, then odd. */
const CASES: readonly Case[] = [
  ...LAYOUTS.map((layout) => ({ layout, m: 36, n: 52, k: 72 })),
  ...LAYOUTS.map((layout) => ({ layout, m: 35, n: 29, k: 19 })),
  { layout: 'nt', m: 1, n: 52, k: 72 },
  { layout: 'tn', m: 20, n: 24, k: 300, split: true },
]
/** What stands in the result before, so that nothing is right by chance. */
const POISON = 1e30

/** Rounding of a sum of k products, relative to the largest result. */
const toleranceOf = (k: number) => 4 * Math.sqrt(k) * 2 ** -24

/**
 * Checks a tile's kernels beside float64 on the device at hand. `brief` leaves out the odd sizes and the cut k, where kernels take long to compile.
 * The backend's own tuning is as before when it is done.
 */
export async function checkTile(backend: Tunable, tile: Tile, brief = false): Promise<VariantCheck> {
  const before = backend.tuning
  const check: VariantCheck = { variant: tileName(tile), passed: true, maxError: 0, tolerance: toleranceOf(72) }
  try {
    for (const one of brief ? CASES.slice(0, LAYOUTS.length) : CASES) {
      backend.adopt(only(before, tile, one.split === true))
      // In parts of the tolerance that this k has.
      const error = (await backend.attempt(() => errorOf(backend, one))) * (check.tolerance / toleranceOf(one.k))
      if (!(error <= check.maxError!)) check.maxError = error
    }
    check.passed = check.maxError! <= check.tolerance
  } catch (error) {
    Object.assign(check, {
      passed: false,
      maxError: null,
      problem: error instanceof Error ? error.message : String(error),
    })
  } finally {
    backend.adopt(before)
  }
  if (Number.isNaN(check.maxError)) check.maxError = null
  return check
}

/** A tuning that has no choice. */
export const only = (tuning: Tuning, tile: Tile, split = false): Tuning => ({
  ...tuning,
  ...{ tile, largeProduct: 0, smallTiles: [], tinyProduct: 0, fewestGroups: split ? 1000 : 1 },
})

/** Largest difference from float64, relative to the largest result; NaN where one is no number. */
async function errorOf(backend: Tunable, { layout, m, n, k }: Case): Promise<number> {
  const tensors = await backend.allocate('workspace', [
    { name: 'a', shape: [m, k] },
    { name: 'b', shape: [k, n] },
    { name: 'out', shape: [m, n] },
  ])
  try {
    const [a, b, out] = [tensors.get('a'), tensors.get('b'), tensors.get('out')]
    const program = await backend.record('check', (ops) => ops.matmul({ layout, a, b, out, m, n, k }))
    try {
      const [x, y] = [values(m * k, 1), values(k * n, 2)]
      backend.write(a, x)
      backend.write(b, y)
      backend.write(out, new Float32Array(m * n).fill(POISON))
      backend.run(program)
      return compare(await backend.read(out), x, y, { layout, m, n, k })
    } finally {
      program.free()
    }
  } finally {
    tensors.free()
  }
}

function compare(out: Float32Array, a: Float32Array, b: Float32Array, { layout, m, n, k }: Case): number {
  let [largest, size] = [0, 0]
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let x = 0; x < k; x++) {
        sum += (layout === 'tn' ? a[x * m + i]! : a[i * k + x]!) * (layout === 'nt' ? b[j * k + x]! : b[x * n + j]!)
      }
      const difference = Math.abs(out[i * n + j]! - sum)
      if (!(difference <= largest)) largest = difference // also when it is not a number
      size = Math.max(size, Math.abs(sum))
    }
  }
  return largest / size
}

/** Numbers between -1 and 1 in no order, the same for the same seed. */
const values = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => ((Math.imul(i + 1, 2654435761 + seed) >>> 8) % 20011) / 10005 - 1)
