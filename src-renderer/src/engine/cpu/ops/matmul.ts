import type { MatmulArgs } from '../../backend.ts'
import { at, chunkOf, type CpuContext } from '../context.ts'
import { MATMUL, MATVEC, VECMAT, VECMAT_SUM } from '../kernels/ids.ts'
import { columnChunk } from './rows.ts'

/** Most of k that is packed at once: 12 KiB of a panel of B, and with it 7.5 KiB of a strip of A, in an L1 cache of 32. */
const MOST_DEPTH = 384
/** Rows of A that are packed at once, as kernels/matmul.ts has them. */
const MC = 80
/** Bytes past the last strip that kernels/gemm.ts may read. */
const READ_AHEAD = 12
/** From this many rows on, packing B pays. */
const FEWEST_PACKED_ROWS = 4
const LAYOUTS = { nn: 0, nt: 1, tn: 2 }

export function matmul(ctx: CpuContext, args: MatmulArgs): void {
  if (args.m < FEWEST_PACKED_ROWS && args.layout !== 'tn' && !args.geluBackward) return fewRows(ctx, args)
  const { layout, m, n, k, outOffset = 0 } = args
  const { rows, columns } = tile(m, n, ctx.threads)
  const depth = Math.ceil(k / Math.ceil(k / MOST_DEPTH))
  const like = (t: MatmulArgs['residual']) => at(t, t && outOffset)
  ctx.command({
    kernel: MATMUL,
    tasks: Math.ceil(m / rows) * Math.ceil(n / columns),
    words: [
      LAYOUTS[layout],
      ...operands(args),
      at(args.bias),
      like(args.residual),
      args.gelu ? 1 : 0,
      like(args.gelu?.pre),
      like(args.geluBackward),
      args.accumulate ? 1 : 0,
      at(args.columnSums),
      { f32: args.scale ?? 1 },
      rows,
      columns,
      depth,
    ],
    scratch: 4 * depth * (columns + MC) + READ_AHEAD,
  })
}

function operands(args: MatmulArgs): number[] {
  const { layout, a, b, out, m, n, k, aOffset, bOffset, outOffset } = args
  const lda = args.lda ?? (layout === 'tn' ? m : k)
  const ldb = args.ldb ?? (layout === 'nt' ? k : n)
  return [at(a, aOffset), at(b, bOffset), at(out, outOffset), m, n, k, 4 * lda, 4 * ldb, 4 * (args.ldc ?? n)]
}

/** Cycles for each row of A and each column of B that a task packs, and for each 8 products, all times k: measured. */
const PACK_ROW = 1.2
const PACK_COLUMN = 0.7
/**
 * What a task more or less a thread is worth in evening out threads that are held up, as a share of the whole. Measured on two virtual cores of
 * which now one, now the other is slow: steps took 7 % less with 0.15 and with 0.4 than with 0.05, and as long where both are fast.
 */
const JITTER = 0.25
/** Packed columns of one task: with 384 rows they take 768 KiB, most of which wait in the L3 cache. */
const MOST_COLUMNS = 512

/**
 * Rows (whole strips) and columns (whole panels) of one task, as they are done soonest: fewer, larger tasks pack less, more of them
 * share out better. Results don't depend on it.
 */
function tile(m: number, n: number, threads: number): { rows: number; columns: number } {
  let best = { rows: m, columns: n }
  let least = Infinity
  const fewest = Math.ceil(n / MOST_COLUMNS)
  for (let across = fewest; across <= fewest + 4 * threads; across++) {
    const columns = Math.ceil(n / across / 8) * 8
    for (let down = 1; down <= 4 * threads; down++) {
      const rows = Math.ceil(m / down / 5) * 5
      const turns = Math.ceil((Math.ceil(m / rows) * Math.ceil(n / columns)) / threads)
      const cost = turns * ((rows * columns) / 8 + PACK_ROW * rows + PACK_COLUMN * columns) * (1 + JITTER / turns)
      if (cost < least) [least, best] = [cost, { rows, columns }]
    }
  }
  return best
}

/** Parts of B that are read at once when there are few rows of A; a fixed number, so that results don't depend on the threads. */
const MOST_PARTS = 16

function fewRows(ctx: CpuContext, args: MatmulArgs): void {
  const { layout, m, n, k, outOffset = 0 } = args
  const columns = chunkOf(n, ctx.threads, 16)
  const like = (t: MatmulArgs['residual']) => at(t, t && outOffset)
  const epilogue = [
    at(args.bias),
    like(args.residual),
    args.gelu ? 1 : 0,
    like(args.gelu?.pre),
    args.accumulate ? 1 : 0,
    { f32: args.scale ?? 1 },
  ]
  const words = [...operands(args), ...epilogue]
  if (layout === 'nt') {
    ctx.command({ kernel: MATVEC, tasks: Math.ceil(n / columns), words: [...words, columns, 0, 0] })
    return
  }
  const rows = Math.ceil(k / MOST_PARTS)
  const parts = Math.ceil(k / rows)
  const partial = { length: parts * m * n }
  const chunk = columnChunk(n, ctx.threads)
  ctx.command({ kernel: VECMAT, tasks: parts, words: [...words, rows, partial, parts] })
  ctx.command({ kernel: VECMAT_SUM, tasks: Math.ceil(n / chunk), words: [...words, chunk, partial, parts] })
}
