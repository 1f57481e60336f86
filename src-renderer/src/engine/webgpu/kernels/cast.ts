import type { CastArgs } from '../../backend.ts'
import { flatGrid, gpu, stored, type KernelContext } from '../kernel.ts'
import type { GpuTensor } from '../memory.ts'
import source from './cast.wgsl?raw'
import { vectors } from './vectors.ts'

export function cast(ctx: KernelContext, { x, out, length }: CastArgs): void {
  const [from, to] = [gpu(x), gpu(out)]
  if (!from.windows) return castOne(ctx, from, to, length)
  // Both are cut alike.
  from.windows.forEach((window, i) => castOne(ctx, window, to.windows![i]!, window.length))
}

function castOne(ctx: KernelContext, x: GpuTensor, out: GpuTensor, length: number): void {
  const GROUP = ctx.tuning.flatGroup
  const { VEC4, width } = vectors(length)
  ctx.dispatch({
    name: 'cast',
    source,
    constants: { VEC4, GROUP, ...stored({ In: x, Out: out }) },
    bindings: [x, out],
    integers: [width],
    workgroups: flatGrid(width, GROUP),
  })
}
