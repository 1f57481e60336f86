import type { CrossEntropyArgs } from '../../backend.ts'
import { flatGrid, gpu, type KernelContext } from '../kernel.ts'
import source from './cross_entropy.wgsl?raw'

export function crossEntropy(ctx: KernelContext, args: CrossEntropyArgs): void {
  const { rows, rowOffset, vocabSize } = args
  const GROUP = ctx.tuning.rowGroup
  ctx.dispatch({
    name: 'cross_entropy',
    source,
    constants: { GROUP },
    bindings: [gpu(args.logits), gpu(args.labels), gpu(args.scale), gpu(args.rowLoss)],
    integers: [rows, Math.ceil(vocabSize / 4), vocabSize, rowOffset, args.gradient ? 1 : 0],
    workgroups: flatGrid(rows, GROUP),
  })
}
