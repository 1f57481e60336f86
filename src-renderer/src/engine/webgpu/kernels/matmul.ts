import type { MatmulArgs } from '../../backend.ts'
import { gpu, type KernelContext } from '../kernel.ts'
import type { Tile, Tuning } from '../tuning.ts'
import source from './matmul.wgsl?raw'

const BIAS = 1
const RESIDUAL = 2
const ACCUMULATE = 4
const GELU = 8
const KEEP_PRE = 16
const GELU_BACKWARD = 32
const COLUMN_SUMS = 64

/** For products with few rows, such as one token's: a thread per Vec of results. */
const ROW_TILE: Tile = { rows: 1, cols: 1, groupX: 16, groupY: 1, unroll: 4 }
/** For products too small to fill large tiles. */
const SMALL_TILE: Tile = { rows: 4, cols: 1, groupX: 4, groupY: 2, unroll: 4 }
/** Without vec4 loads; here a column is one number. */
const SCALAR_TILE: Tile = { rows: 8, cols: 8, groupX: 2, groupY: 2, unroll: 2 }
/** Fewer large tiles than this leave cores idle. */
const FEWEST_TILES = 8

export function matmul(ctx: KernelContext, args: MatmulArgs): void {
  const { layout, m, n, k, aOffset = 0, bOffset = 0, outOffset = 0 } = args
  const lda = args.lda ?? (layout === 'tn' ? m : k)
  const ldb = args.ldb ?? (layout === 'nt' ? k : n)
  const ldc = args.ldc ?? n
  const VEC4 = vectorised(args, { lda, ldb, ldc })
  const width = VEC4 ? 4 : 1
  const tile = chooseTile(ctx.tuning, args, VEC4)
  const flags =
    (args.bias ? BIAS : 0) |
    (args.residual ? RESIDUAL : 0) |
    (args.accumulate ? ACCUMULATE : 0) |
    (args.gelu ? GELU : 0) |
    (args.gelu?.pre ? KEEP_PRE : 0) |
    (args.geluBackward ? GELU_BACKWARD : 0) |
    (args.columnSums ? COLUMN_SUMS : 0)
  ctx.dispatch({
    name: 'matmul',
    source,
    constants: {
      VEC4,
      TRANSPOSE_A: layout === 'tn',
      TRANSPOSE_B: layout === 'nt',
      ROWS: tile.rows,
      COLS: tile.cols,
      A_COLS: Math.ceil(tile.rows / width),
      UNROLL: tile.unroll,
      GROUP_X: tile.groupX,
      GROUP_Y: tile.groupY,
    },
    bindings: [
      gpu(args.a),
      gpu(args.b),
      gpu(args.bias),
      gpu(args.residual),
      gpu(args.gelu?.pre ?? args.geluBackward ?? args.columnSums),
      gpu(args.out),
    ],
    integers: [m, n, k, ...[lda, ldb, ldc, aOffset, bOffset, outOffset].map((x) => x / width), flags],
    flops: 2 * m * n * k,
    workgroups: [Math.ceil(n / (tile.cols * width * tile.groupX)), Math.ceil(m / (tile.rows * tile.groupY))],
  })
}

/** Whether every row starts at a multiple of 4 elements and whole vec4s may be read and written. */
function vectorised(args: MatmulArgs, { lda, ldb, ldc }: { lda: number; ldb: number; ldc: number }): boolean {
  const { layout, m, n, k, aOffset = 0, bOffset = 0, outOffset = 0, bias, columnSums } = args
  if ([lda, ldb, ldc, aOffset, bOffset, outOffset].some((x) => x % 4 !== 0)) return false
  const up = (x: number) => Math.ceil(x / 4) * 4
  if (up(n) > ldc || ((bias || columnSums) && n % 4 !== 0)) return false
  if (layout === 'nn') return up(k) <= lda && up(n) <= ldb
  if (layout === 'nt') return k % 4 === 0
  return up(m) <= lda && up(n) <= ldb
}

function chooseTile({ tile }: Tuning, { layout, m, n }: MatmulArgs, VEC4: boolean): Tile {
  if (m <= 2 && layout !== 'tn') return ROW_TILE
  if (!VEC4) return SCALAR_TILE
  const tiles = Math.ceil(m / tile.rows) * Math.ceil(n / (tile.cols * 4))
  return tiles < FEWEST_TILES ? SMALL_TILE : tile
}
