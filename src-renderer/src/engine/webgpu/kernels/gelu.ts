import type { GeluArgs } from '../../backend.ts'
import { flatGrid, gpu, stored, type KernelContext } from '../kernel.ts'
import source from './gelu.wgsl?raw'
import { vectors } from './vectors.ts'

export function gelu(ctx: KernelContext, { x, out, length }: GeluArgs): void {
  const [from, to] = [gpu(x), gpu(out)]
  const GROUP = ctx.tuning.flatGroup
  const { VEC4, width } = vectors(length)
  ctx.dispatch({
    name: 'gelu',
    source,
    constants: { VEC4, GROUP, ...stored({ In: from, Out: to }) },
    bindings: [from, to],
    integers: [width],
    workgroups: flatGrid(width, GROUP),
  })
}
