import type { LayerNormArgs, LayerNormBackwardArgs } from '../../backend.ts'
import { at, chunkOf, type CpuContext } from '../context.ts'
import { COLUMN_SUM, LAYER_NORM, LAYER_NORM_BACKWARD } from '../kernels/ids.ts'
import { columnChunk } from './rows.ts'

export function layerNorm(ctx: CpuContext, args: LayerNormArgs): void {
  const { x, weight, bias, out, stats, rows, eps } = args
  const chunk = chunkOf(rows, ctx.threads, 8)
  const words = [at(x), at(weight), at(bias), at(out), at(stats), rows, weight.length, { f32: eps }, chunk]
  ctx.command({ kernel: LAYER_NORM, tasks: Math.ceil(rows / chunk), words })
}

/** Rows whose share of the parameters' gradients is summed apart: fixed, so that the sums don't depend on the number of threads. */
const PART = 64

export function layerNormBackward(ctx: CpuContext, args: LayerNormBackwardArgs): void {
  const { dout, x, weight, stats, dx, accumulate, params, rows } = args
  const width = weight.length
  const tasks = Math.ceil(rows / PART)
  const partial = params && { length: tasks * 2 * width }
  const words = [at(dout), at(x), at(weight), at(stats), at(dx), accumulate ? 1 : 0, partial ?? 0, rows, width, PART]
  ctx.command({ kernel: LAYER_NORM_BACKWARD, tasks, words })
  if (!params || !partial) return
  const chunk = columnChunk(width, ctx.threads)
  for (const [out, first] of [
    [params.dweight, 0],
    [params.dbias, width],
  ] as const) {
    ctx.command({
      kernel: COLUMN_SUM,
      tasks: Math.ceil(width / chunk),
      words: [{ extra: partial, first }, 8 * width, at(out), tasks, width, chunk, params.accumulate ? 1 : 0],
    })
  }
}
