import type { LayerNormArgs, LayerNormBackwardArgs } from '../../backend.ts'
import { flatGrid, gpu, scratch, stored, type KernelContext } from '../kernel.ts'
import { sumParts, rowsPerPart } from './column_sum.ts'
import backwardSource from './layer_norm_backward.wgsl?raw'
import paramsSource from './layer_norm_params_backward.wgsl?raw'
import source from './layer_norm.wgsl?raw'
import { vectors } from './vectors.ts'

/** Threads below which a row each is better than fewer loads. */
const FEWEST_THREADS = 16

export function layerNorm(ctx: KernelContext, args: LayerNormArgs): void {
  const { rows, weight, eps } = args
  const GROUP = ctx.tuning.rowGroup
  const { VEC4, width: COLUMNS } = vectors(weight.length)
  const ROWS = rowsOfThread(ctx.tuning.rowsOfThread, rows)
  ctx.dispatch({
    name: 'layer_norm',
    source,
    constants: { VEC4, GROUP, COLUMNS, ROWS, ...stored({ Out: gpu(args.out) }) },
    bindings: [gpu(args.x), gpu(weight), gpu(args.bias), gpu(args.out), gpu(args.stats)],
    integers: [rows],
    floats: [eps],
    workgroups: flatGrid(rows / ROWS, GROUP),
  })
}

export function layerNormBackward(ctx: KernelContext, args: LayerNormBackwardArgs): void {
  const { rows, weight } = args
  const half = stored({ Dout: gpu(args.dout) })
  const { VEC4, width: COLUMNS } = vectors(weight.length)
  // Each row has three matrices here: with more rows at once their lines drive each other out of the cache.
  const ROWS = rowsOfThread(Math.ceil(ctx.tuning.rowsOfThread / 2), rows)
  ctx.dispatch({
    name: 'layer_norm_backward',
    source: backwardSource,
    constants: { VEC4, GROUP: ctx.tuning.rowGroup, COLUMNS, ROWS, ACCUMULATE: args.accumulate, ...half },
    bindings: [gpu(args.dout), gpu(args.x), gpu(weight), gpu(args.stats), gpu(args.dx)],
    integers: [rows],
    workgroups: flatGrid(rows / ROWS, ctx.tuning.rowGroup),
  })
  if (!args.params) return
  const { dweight, dbias, accumulate } = args.params
  const GROUP = ctx.tuning.flatGroup
  const part = rowsPerPart(ctx, rows, COLUMNS)
  const parts = rows / part
  const partial = scratch(parts * 2 * weight.length)
  ctx.dispatch({
    name: 'layer_norm_params_backward',
    source: paramsSource,
    constants: { VEC4, GROUP, COLUMNS, PART: part, ...half },
    bindings: [gpu(args.dout), gpu(args.x), gpu(args.stats), partial],
    integers: [parts],
    workgroups: flatGrid(parts * COLUMNS, GROUP),
  })
  const common = { VEC4, rows: parts, width: COLUMNS, stride: 2 * COLUMNS, accumulate }
  sumParts(ctx, { ...common, x: partial, offset: 0, out: gpu(dweight) })
  sumParts(ctx, { ...common, x: partial, offset: COLUMNS, out: gpu(dbias) })
}

/** Rows that one thread owns: `most` of them where that divides the rows and leaves threads enough, else one. */
function rowsOfThread(most: number, rows: number): number {
  return rows % most === 0 && rows / most >= FEWEST_THREADS ? most : 1
}
