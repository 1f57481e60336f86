import type { Tensor } from '../../backend.ts'
import { flatGrid, gpu, type KernelContext } from '../kernel.ts'
import source from './fill.wgsl?raw'
import { windowsOf } from './windows.ts'

export function fill(ctx: KernelContext, { out, value }: { out: Tensor; value: number }): void {
  const GROUP = ctx.tuning.flatGroup
  for (const { window } of windowsOf(gpu(out)))
    ctx.dispatch({
      name: 'fill',
      source,
      constants: { GROUP },
      bindings: [window],
      integers: [window.length],
      floats: [value],
      workgroups: flatGrid(window.length, GROUP),
    })
}
