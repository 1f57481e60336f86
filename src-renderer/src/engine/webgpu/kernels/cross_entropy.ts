import type { CrossEntropyArgs } from '../../backend.ts'
import { flatGrid, gpu, stored, type KernelContext } from '../kernel.ts'
import source from './cross_entropy.wgsl?raw'
import { chunkOf } from './vectors.ts'

export function crossEntropy(ctx: KernelContext, args: CrossEntropyArgs): void {
  const { rows, rowOffset, vocabSize } = args
  const logits = gpu(args.logits)
  const GROUP = ctx.tuning.rowGroup
  const [COLUMNS, WHOLE] = [Math.ceil(vocabSize / 4), Math.floor(vocabSize / 4)]
  const row = { VOCAB: vocabSize, COLUMNS, WHOLE, CHUNK: chunkOf(WHOLE), PADDED: WHOLE < COLUMNS }
  ctx.dispatch({
    name: 'cross_entropy',
    source,
    constants: { GROUP, ...row, ...stored({ Logits: logits }, 'Logits') },
    bindings: [logits, gpu(args.labels), gpu(args.scale), gpu(args.rowLoss), gpu(args.lossScale)],
    integers: [rows, rowOffset, args.gradient ? 1 : 0, args.lossScale ? 1 : 0],
    workgroups: flatGrid(rows, GROUP),
  })
}
