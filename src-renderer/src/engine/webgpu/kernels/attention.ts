import type { AppendKvArgs, AttentionArgs, AttentionBackwardArgs, CachedAttentionArgs, Dropout } from '../../backend.ts'
import { flatGrid, gpu, scratch, type KernelContext } from '../kernel.ts'
import appendSource from './append_kv.wgsl?raw'
import backwardKeySource from './attention_backward_key.wgsl?raw'
import backwardQuerySource from './attention_backward_query.wgsl?raw'
import source from './attention.wgsl?raw'
import { dropoutUniforms } from './dropout.ts'
import { vectors } from './vectors.ts'

/** Rows a thread owns when it keeps `arrays` vectors of a head for each. */
function rowsFor({ tuning }: KernelContext, parts: number, arrays: number): number {
  return [4, 2].find((rows) => rows * parts * arrays <= tuning.attentionVectors) ?? 1
}

const NO_DROPOUT: { p: number; stream: number } = { p: 0, stream: 0 }

function attentionConstants(headSize: number, width: number, dropout: Dropout | undefined) {
  const { VEC4 } = vectors(headSize, width)
  return { VEC4, HEAD_SIZE: headSize, PARTS: Math.ceil(headSize / 4), DROPOUT: dropout !== undefined }
}

export function attention(ctx: KernelContext, args: AttentionArgs): void {
  const { batch, seqLen, heads, headSize, dropout } = args
  const width = heads * headSize
  const constants = attentionConstants(headSize, width, dropout)
  const ROWS = rowsFor(ctx, constants.PARTS, 2)
  const GROUP = ctx.tuning.rowGroup
  const { stream, threshold, keepScale } = dropoutUniforms(dropout ?? NO_DROPOUT)
  ctx.dispatch({
    name: 'attention',
    source,
    constants: { ...constants, ROWS, GROUP },
    bindings: [gpu(args.qkv), gpu(args.qkv), null, gpu(dropout?.seed), gpu(args.out), gpu(args.lse)],
    integers: [batch, seqLen, heads, seqLen, 3 * width, 3 * width, width, 2 * width, width, stream, threshold],
    floats: [1 / Math.sqrt(headSize), keepScale],
    workgroups: flatGrid(batch * heads * Math.ceil(seqLen / ROWS), GROUP),
  })
}

export function cachedAttention(ctx: KernelContext, args: CachedAttentionArgs): void {
  const { rows, heads, headSize, cache } = args
  const width = heads * headSize
  const constants = attentionConstants(headSize, width, undefined)
  const ROWS = rows === 1 ? 1 : rowsFor(ctx, constants.PARTS, 2)
  const GROUP = ctx.tuning.rowGroup
  ctx.dispatch({
    name: 'attention',
    source,
    constants: { ...constants, ROWS, GROUP },
    bindings: [gpu(args.qkv), gpu(cache), gpu(args.cursor), null, gpu(args.out), scratch(heads * rows)],
    integers: [1, rows, heads, cache.shape[0]!, 3 * width, 2 * width, 0, width, width, 0, 0],
    floats: [1 / Math.sqrt(headSize), 1],
    workgroups: flatGrid(heads * Math.ceil(rows / ROWS), GROUP),
  })
}

export function attentionBackward(ctx: KernelContext, args: AttentionBackwardArgs): void {
  const { batch, seqLen, heads, headSize, dropout } = args
  const width = heads * headSize
  const constants = attentionConstants(headSize, width, dropout)
  const GROUP = ctx.tuning.rowGroup
  const { stream, threshold, keepScale } = dropoutUniforms(dropout ?? NO_DROPOUT)
  const integers = [batch, seqLen, heads, width, stream, threshold]
  const floats = [1 / Math.sqrt(headSize), keepScale]
  const seed = gpu(dropout?.seed)
  const ofQueries = rowsFor(ctx, constants.PARTS, 3)
  ctx.dispatch({
    name: 'attention_backward_query',
    source: backwardQuerySource,
    constants: { ...constants, ROWS: ofQueries, GROUP },
    bindings: [gpu(args.qkv), gpu(args.out), gpu(args.dout), gpu(args.lse), seed, gpu(args.delta), gpu(args.dqkv)],
    integers,
    floats,
    workgroups: flatGrid(batch * heads * Math.ceil(seqLen / ofQueries), GROUP),
  })
  const ofKeys = rowsFor(ctx, constants.PARTS, 4)
  ctx.dispatch({
    name: 'attention_backward_key',
    source: backwardKeySource,
    constants: { ...constants, ROWS: ofKeys, GROUP },
    bindings: [gpu(args.qkv), gpu(args.dout), gpu(args.lse), gpu(args.delta), seed, gpu(args.dqkv)],
    integers,
    floats,
    workgroups: flatGrid(batch * heads * Math.ceil(seqLen / ofKeys), GROUP),
  })
}

export function appendKv(ctx: KernelContext, args: AppendKvArgs): void {
  const { rows, cache } = args
  const { VEC4, width } = vectors(args.width)
  const GROUP = ctx.tuning.flatGroup
  ctx.dispatch({
    name: 'append_kv',
    source: appendSource,
    constants: { VEC4, GROUP },
    bindings: [gpu(args.qkv), gpu(args.cursor), gpu(cache)],
    integers: [rows, width, cache.shape[0]!],
    workgroups: flatGrid(rows * 2 * width, GROUP),
  })
}
