import type { ColumnSumArgs, DropoutArgs, GeluArgs, Ops, RowSelectArgs } from '../../backend.ts'
import { at, chunkOf, type CpuContext } from '../context.ts'
import { COLUMN_SUM, DROPOUT, FILL, GATHER_ROWS, GELU, SCATTER_ROWS } from '../kernels/ids.ts'
import { maskWords } from './dropout-mask.ts'

/** Numbers that are worth a task of their own. */
const FEWEST_NUMBERS = 4096
const multipleOf4 = (n: number) => Math.ceil(n / 4) * 4

export function fill(ctx: CpuContext, { out, value }: Parameters<Ops['fill']>[0]): void {
  const chunk = multipleOf4(chunkOf(out.length, ctx.threads, FEWEST_NUMBERS))
  ctx.command({
    kernel: FILL,
    tasks: Math.ceil(out.length / chunk),
    words: [at(out), out.length, { f32: value }, chunk],
  })
}

export function dropout(ctx: CpuContext, args: DropoutArgs): void {
  const { x, residual, out, length } = args
  const chunk = multipleOf4(chunkOf(length, ctx.threads, FEWEST_NUMBERS))
  const words = [at(x), at(residual), at(out), length, chunk, ...maskWords(args)]
  ctx.command({ kernel: DROPOUT, tasks: Math.ceil(length / chunk), words })
}

export function gelu(ctx: CpuContext, { x, out, length }: GeluArgs): void {
  const chunk = multipleOf4(chunkOf(length, ctx.threads, FEWEST_NUMBERS))
  ctx.command({ kernel: GELU, tasks: Math.ceil(length / chunk), words: [at(x), at(out), length, chunk] })
}

export function gatherRows(ctx: CpuContext, { x, index, out, batch, seqLen, width }: RowSelectArgs): void {
  ctx.command({ kernel: GATHER_ROWS, tasks: batch, words: [at(x), at(index), at(out), seqLen, width] })
}

export function scatterRows(ctx: CpuContext, { x, index, out, batch, seqLen, width }: RowSelectArgs): void {
  ctx.command({ kernel: SCATTER_ROWS, tasks: batch, words: [at(x), at(index), at(out), seqLen, width] })
}

/** Columns of one task: whole cache lines. */
export const columnChunk = (columns: number, threads: number) => Math.ceil(chunkOf(columns, threads, 16) / 16) * 16

export function columnSum(ctx: CpuContext, { x, out, outOffset = 0, accumulate, rows, columns }: ColumnSumArgs): void {
  const chunk = columnChunk(columns, ctx.threads)
  const words = [at(x), 4 * columns, at(out, outOffset), rows, columns, chunk, accumulate ? 1 : 0]
  ctx.command({ kernel: COLUMN_SUM, tasks: Math.ceil(columns / chunk), words })
}
