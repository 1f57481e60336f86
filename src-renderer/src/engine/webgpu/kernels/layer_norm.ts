import type { LayerNormArgs, LayerNormBackwardArgs } from '../../backend.ts'
import { flatGrid, gpu, scratch, type KernelContext } from '../kernel.ts'
import { sumParts, rowsPerPart } from './column_sum.ts'
import backwardSource from './layer_norm_backward.wgsl?raw'
import paramsSource from './layer_norm_params_backward.wgsl?raw'
import source from './layer_norm.wgsl?raw'
import { vectors } from './vectors.ts'

export function layerNorm(ctx: KernelContext, args: LayerNormArgs): void {
  const { rows, weight, eps } = args
  const GROUP = ctx.tuning.rowGroup
  const { VEC4, width } = vectors(weight.length)
  ctx.dispatch({
    name: 'layer_norm',
    source,
    constants: { VEC4, GROUP },
    bindings: [gpu(args.x), gpu(weight), gpu(args.bias), gpu(args.out), gpu(args.stats)],
    integers: [rows, width],
    floats: [eps],
    workgroups: flatGrid(rows, GROUP),
  })
}

export function layerNormBackward(ctx: KernelContext, args: LayerNormBackwardArgs): void {
  const { rows, weight } = args
  const { VEC4, width } = vectors(weight.length)
  ctx.dispatch({
    name: 'layer_norm_backward',
    source: backwardSource,
    constants: { VEC4, GROUP: ctx.tuning.rowGroup },
    bindings: [gpu(args.dout), gpu(args.x), gpu(weight), gpu(args.stats), gpu(args.dx)],
    integers: [rows, width, args.accumulate ? 1 : 0],
    workgroups: flatGrid(rows, ctx.tuning.rowGroup),
  })
  const GROUP = ctx.tuning.flatGroup
  const part = rowsPerPart(ctx, rows, width)
  const parts = Math.ceil(rows / part)
  const partial = scratch(parts * 2 * weight.length)
  ctx.dispatch({
    name: 'layer_norm_params_backward',
    source: paramsSource,
    constants: { VEC4, GROUP },
    bindings: [gpu(args.dout), gpu(args.x), gpu(args.stats), partial],
    integers: [rows, width, part],
    workgroups: flatGrid(parts * width, GROUP),
  })
  const common = { VEC4, rows: parts, width, stride: 2 * width }
  sumParts(ctx, { ...common, x: partial, offset: 0, out: gpu(args.dweight) })
  sumParts(ctx, { ...common, x: partial, offset: width, out: gpu(args.dbias) })
}
