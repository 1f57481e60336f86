import { bytesOf } from '@shared/model/layout.ts'
import type { EmbeddingArgs, EmbeddingBackwardArgs } from '../../backend.ts'
import { flatGrid, gpu, type KernelContext } from '../kernel.ts'
import { vectors } from './vectors.ts'
import { windowsOf } from './windows.ts'
import backwardSource from './embedding_backward.wgsl?raw'
import source from './embedding.wgsl?raw'
import positionSource from './position_backward.wgsl?raw'

export function embedding(ctx: KernelContext, args: EmbeddingArgs): void {
  const { rows, seqLen, wte, wpe } = args
  const GROUP = ctx.tuning.flatGroup
  const { VEC4, width } = vectors(wte.shape[1]!)
  for (const { window, row, rows: count } of windowsOf(gpu(wte)))
    ctx.dispatch({
      name: 'embedding',
      source,
      constants: { VEC4, GROUP },
      bindings: [gpu(args.tokens), window, gpu(wpe), gpu(args.cursor), gpu(args.out)],
      integers: [rows, width, seqLen, wte.shape[0]!, wpe.shape[0]!, row, count],
      bytes: 3 * bytesOf(args.out),
      workgroups: flatGrid(rows * width, GROUP),
    })
}

export function embeddingBackward(ctx: KernelContext, args: EmbeddingBackwardArgs): void {
  const { rows, seqLen, dwpe } = args
  const GROUP = ctx.tuning.flatGroup
  const { VEC4, width } = vectors(args.dwte.shape[1]!)
  for (const { window, row, rows: count } of windowsOf(gpu(args.dwte)))
    ctx.dispatch({
      name: 'embedding_backward',
      source: backwardSource,
      constants: { VEC4, GROUP },
      bindings: [gpu(args.dout), gpu(args.tokenIndex), window],
      integers: [rows, width, row, count],
      bytes: 3 * bytesOf(args.dout),
      workgroups: flatGrid(rows * width, GROUP),
    })
  if (!dwpe) return
  const positions = dwpe.shape[0]!
  ctx.dispatch({
    name: 'position_backward',
    source: positionSource,
    constants: { VEC4, GROUP },
    bindings: [gpu(args.dout), gpu(dwpe)],
    integers: [rows / seqLen, seqLen, width, positions, args.accumulate ? 1 : 0],
    workgroups: flatGrid(positions * width, GROUP),
  })
}
