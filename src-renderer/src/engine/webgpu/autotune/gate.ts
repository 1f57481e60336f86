import type { MatmulArgs } from '../../backend.ts'
import { isLost } from '../errors.ts'
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
/** And of the sum itself to 16 bits. */
const HALF = 2 ** -11

export interface CheckOptions {
  /** Leaves out the odd sizes and the cut k, where kernels take long to compile. */
  brief?: boolean
  /** Has matrices kept in 16-bit floats, which the device must have. */
  half?: boolean
}

/**
 * Checks a tile's kernels beside float64 on the device at hand. The backend's own tuning is as before when it is done.
 * @throws AppError 'gpu_lost': that says nothing of the kernels
 */
export async function checkTile(
  backend: Tunable,
  tile: Tile,
  { brief = false, half = false }: CheckOptions = {},
): Promise<VariantCheck> {
  const before = backend.tuning
  const tolerance = (k: number) => toleranceOf(k) + (half ? HALF : 0)
  const variant = `${tileName(tile)}${half ? ', 16-bit floats' : ''}`
  const check: VariantCheck = { variant, passed: true, maxError: 0, tolerance: tolerance(72) }
  try {
    for (const one of brief ? CASES.slice(0, LAYOUTS.length) : CASES) {
      backend.adopt(only(before, tile, one.split === true))
      // In parts of the tolerance that this k has.
      const error = (await backend.attempt(() => errorOf(backend, one, half))) * (check.tolerance / tolerance(one.k))
      if (!(error <= check.maxError!)) check.maxError = error
    }
    check.passed = check.maxError! <= check.tolerance
  } catch (error) {
    if (isLost(error)) throw error
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
async function errorOf(backend: Tunable, { layout, m, n, k }: Case, half: boolean): Promise<number> {
  const specs = [
    { name: 'a', shape: [m, k] },
    { name: 'b', shape: [k, n] },
    { name: 'out', shape: [m, n] },
  ]
  const tensors = await backend.allocate('workspace', specs)
  const halves = half
    ? await backend.allocate(
        'workspace',
        specs.map((spec) => ({ ...spec, dtype: 'f16' as const })),
      )
    : null
  try {
    const [a, b, out] = [tensors.get('a'), tensors.get('b'), tensors.get('out')]
    const operand = (name: string) => (halves ?? tensors).get(name)
    const program = await backend.record('check', (ops) => {
      for (const x of halves ? [a, b, out] : []) ops.cast({ x, out: operand(x.name), length: x.length })
      ops.matmul({ layout, a: operand('a'), b: operand('b'), out: operand('out'), m, n, k })
      if (halves) ops.cast({ x: operand('out'), out, length: out.length })
    })
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
    halves?.free()
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

/** Numbers between -1 and 1 in no order, the same for the same seed, all of which 16 bits hold exactly. */
const values = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => ((Math.imul(i + 1, 2654435761 + seed) >>> 8) % 2047) / 1024 - 1023 / 1024)
