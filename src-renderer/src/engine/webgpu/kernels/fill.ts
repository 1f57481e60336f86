import type { Tensor } from '../../backend.ts'
import { flatGrid, gpu, type KernelContext } from '../kernel.ts'
import source from './fill.wgsl?raw'

export function fill(ctx: KernelContext, { out, value }: { out: Tensor; value: number }): void {
  const GROUP = ctx.tuning.flatGroup
  ctx.dispatch({
    name: 'fill',
    source,
    constants: { GROUP },
    bindings: [gpu(out)],
    integers: [out.length],
    floats: [value],
    workgroups: flatGrid(out.length, GROUP),
  })
}
