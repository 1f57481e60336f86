import type { CrossEntropyArgs } from '../../backend.ts'
import { at, chunkOf, type CpuContext } from '../context.ts'
import { CROSS_ENTROPY } from '../kernels/ids.ts'

export function crossEntropy(ctx: CpuContext, args: CrossEntropyArgs): void {
  const { logits, labels, rowLoss, scale, rowOffset, rows, vocabSize, gradient } = args
  const ld = Math.ceil(vocabSize / 4) * 4
  // A task is worth handing out from some 4,000 exponentials on.
  const chunk = chunkOf(rows, ctx.threads, Math.ceil(4096 / vocabSize))
  const words = [at(logits), at(labels, rowOffset), at(rowLoss, rowOffset), at(scale)]
  ctx.command({
    kernel: CROSS_ENTROPY,
    tasks: Math.ceil(rows / chunk),
    words: [...words, rows, ld, vocabSize, gradient ? 1 : 0, chunk],
  })
}
