import type { RowSelectArgs } from '../../backend.ts'
import { flatGrid, gpu, type KernelContext } from '../kernel.ts'
import source from './gather_rows.wgsl?raw'
import { vectors } from './vectors.ts'

export function gatherRows(ctx: KernelContext, args: RowSelectArgs): void {
  select(ctx, args, false)
}

export function scatterRows(ctx: KernelContext, args: RowSelectArgs): void {
  select(ctx, args, true)
}

function select(ctx: KernelContext, { x, index, out, batch, seqLen, width: C }: RowSelectArgs, scatter: boolean): void {
  const { VEC4, width } = vectors(C)
  const GROUP = ctx.tuning.flatGroup
  const [from, to] = scatter ? [out, x] : [x, out]
  ctx.dispatch({
    name: 'gather_rows',
    source,
    constants: { VEC4, GROUP },
    bindings: [gpu(from), gpu(index), gpu(to)],
    integers: [batch, seqLen, width, scatter ? 1 : 0],
    workgroups: flatGrid(batch * (scatter ? seqLen : 1) * width, GROUP),
  })
}
