import type { DropoutArgs } from '../../backend.ts'
import { flatGrid, gpu, type KernelContext } from '../kernel.ts'
import source from './dropout.wgsl?raw'

/** An element is dropped when its 32 random bits fall below the threshold. */
export function dropoutUniforms({ p, stream }: { p: number; stream: number }) {
  return { stream, threshold: Math.floor(p * 2 ** 32), keepScale: 1 / (1 - p) }
}

export function dropout(ctx: KernelContext, args: DropoutArgs): void {
  const { length } = args
  const GROUP = ctx.tuning.flatGroup
  const { stream, threshold, keepScale } = dropoutUniforms(args)
  ctx.dispatch({
    name: 'dropout',
    source,
    constants: { GROUP },
    bindings: [gpu(args.x), gpu(args.residual), gpu(args.seed), gpu(args.out)],
    integers: [length, stream, threshold, args.residual ? 1 : 0],
    floats: [keepScale],
    workgroups: flatGrid(length, GROUP),
  })
}
