import type { EmbeddingArgs, EmbeddingBackwardArgs } from '../../backend.ts'
import { at, chunkOf, type CpuContext } from '../context.ts'
import { EMBEDDING, EMBEDDING_BACKWARD, POSITION_BACKWARD } from '../kernels/ids.ts'

export function embedding(ctx: CpuContext, args: EmbeddingArgs): void {
  const { tokens, wte, wpe, cursor, out, rows, seqLen } = args
  const chunk = chunkOf(rows, ctx.threads, 16)
  const shape = [rows, wte.shape[1]!, seqLen, wte.shape[0]!, wpe.shape[0]!, chunk]
  const words = [at(tokens), at(wte), at(wpe), at(cursor), at(out), ...shape]
  ctx.command({ kernel: EMBEDDING, tasks: Math.ceil(rows / chunk), words })
}

export function embeddingBackward(ctx: CpuContext, args: EmbeddingBackwardArgs): void {
  const { dout, tokenIndex, dwte, dwpe, accumulate, rows, seqLen } = args
  const width = dwte.shape[1]!
  // How often a token occurs differs much, so pieces are small. There are at most `rows` distinct ones.
  const chunk = 4
  const tasks = Math.ceil(Math.min(rows, dwte.shape[0]!) / chunk)
  ctx.command({ kernel: EMBEDDING_BACKWARD, tasks, words: [at(dout), at(tokenIndex), at(dwte), rows, width, chunk] })
  if (!dwpe) return
  const words = [at(dout), at(dwpe), rows / seqLen, seqLen, width, accumulate ? 1 : 0]
  ctx.command({ kernel: POSITION_BACKWARD, tasks: dwpe.shape[0]!, words })
}
