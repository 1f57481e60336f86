import type { ColumnSumArgs } from '../../backend.ts'
import { flatGrid, gpu, scratch, type KernelContext, type Operand } from '../kernel.ts'
import source from './column_sum.wgsl?raw'
import { vectors } from './vectors.ts'

/** Parts of at least this many rows: a thread must do some work. */
const FEWEST_ROWS = 8

/**
 * Rows that one thread sums, a divisor of all `rows`, so that there are about as many threads as keep the device busy; all of them where
 * no such divisor is near. `width` in Vecs.
 */
export function rowsPerPart(ctx: KernelContext, rows: number, width: number): number {
  const wanted = Math.max(FEWEST_ROWS, Math.ceil((rows * width) / ctx.tuning.threads))
  for (let part = Math.min(wanted, rows); part >= FEWEST_ROWS / 2; part--) if (rows % part === 0) return part
  return rows
}

interface Sum {
  VEC4: boolean
  x: Operand
  out: Operand
  rows: number
  /** Columns, distance of rows and first column, in Vecs. */
  width: number
  stride: number
  offset: number
  outOffset?: number
  /** Rows of one part, a divisor; all when absent. */
  part?: number
  accumulate?: boolean
}

/** One pass: out (parts, width). */
export function sumParts(ctx: KernelContext, sum: Sum): void {
  const { VEC4, x, out, rows, width, stride, offset, outOffset = 0, part = rows, accumulate } = sum
  const GROUP = ctx.tuning.flatGroup
  ctx.dispatch({
    name: 'column_sum',
    source,
    constants: { VEC4, GROUP, STRIDE: stride, PART: part },
    bindings: [x, out],
    integers: [rows / part, width, offset, outOffset, accumulate ? 1 : 0],
    workgroups: flatGrid((rows / part) * width, GROUP),
  })
}

export function columnSum(ctx: KernelContext, args: ColumnSumArgs): void {
  const { rows, columns, outOffset = 0, accumulate } = args
  const { VEC4, width } = vectors(columns, outOffset)
  const part = rowsPerPart(ctx, rows, width)
  const parts = rows / part
  const scaled = VEC4 ? outOffset / 4 : outOffset
  const whole = { VEC4, width, stride: width, offset: 0, out: gpu(args.out), outOffset: scaled, accumulate }
  if (parts === 1) return sumParts(ctx, { ...whole, x: gpu(args.x), rows })
  const partial = scratch(parts * columns)
  sumParts(ctx, { VEC4, width, stride: width, offset: 0, x: gpu(args.x), out: partial, rows, part })
  sumParts(ctx, { ...whole, x: partial, rows: parts })
}
