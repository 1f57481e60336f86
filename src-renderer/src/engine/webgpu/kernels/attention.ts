import type { AppendKvArgs, AttentionArgs, AttentionBackwardArgs, CachedAttentionArgs, Dropout } from '../../backend.ts'
import { flatCall, flatGrid, gpu, scratch, stored, type KernelContext, type Operand } from '../kernel.ts'
import type { Constants } from '../template.ts'
import appendSource from './append_kv.wgsl?raw'
import backwardKeySource from './attention_backward_key.wgsl?raw'
import backwardQuerySource from './attention_backward_query.wgsl?raw'
import wideSource from './attention_wide.wgsl?raw'
import wideBackwardKeySource from './attention_wide_backward_key.wgsl?raw'
import wideBackwardQuerySource from './attention_wide_backward_query.wgsl?raw'
import source from './attention.wgsl?raw'
import { dropoutUniforms } from './dropout.ts'
import { vectors } from './vectors.ts'

/** Widest head whose vectors fit into a thread's registers, spills included. */
const WIDEST_HEAD = 256
/** Columns of a wide head that a thread owns. */
const TILE = 32

/** How the threads of one kernel share the rows of a head, or its columns where it is wide. */
interface Cut {
  constants: Record<string, number | boolean>
  /** Threads for `rows` rows of one head. */
  threads(rows: number): number
}

/** `arrays`: vectors of a head that a thread keeps for each of its rows. */
function cut({ tuning }: KernelContext, headSize: number, width: number, dropout: boolean, arrays: number): Cut {
  const common = { GROUP: tuning.rowGroup, DROPOUT: dropout }
  if (headSize > WIDEST_HEAD) {
    return { constants: { ...common, VEC4: false, TILE }, threads: (rows) => rows * Math.ceil(headSize / TILE) }
  }
  const PARTS = Math.ceil(headSize / 4)
  const ROWS = [4, 2].find((rows) => rows * PARTS * arrays <= tuning.attentionVectors) ?? 1
  const { VEC4 } = vectors(headSize, width)
  return {
    constants: { ...common, VEC4, HEAD_SIZE: headSize, PARTS, ROWS },
    threads: (rows) => Math.ceil(rows / ROWS),
  }
}

interface Kernel {
  name: string
  source: string
  wideSource: string
}

interface Launch {
  bindings: (Operand | null)[]
  /** Of `#storage` types. */
  stored: Constants
  /** u32 members of `Params` up to the random stream. */
  integers: number[]
  headSize: number
  width: number
  /** Rows of one head, and heads of all sequences. */
  rows: number
  heads: number
  arrays: number
  dropout?: Dropout
}

function launch(ctx: KernelContext, { name, source, wideSource }: Kernel, call: Launch): void {
  const { headSize, width, dropout, rows, heads } = call
  const wide = headSize > WIDEST_HEAD
  const { constants, threads } = cut(ctx, headSize, width, dropout !== undefined, call.arrays)
  const { stream, threshold, keepScale } = dropoutUniforms(dropout ?? { p: 0, stream: 0 })
  const whole = {
    name: wide ? `${name}_wide` : name,
    source: wide ? wideSource : source,
    constants: { ...constants, ...call.stored },
    bindings: call.bindings,
    integers: [...call.integers, stream, threshold, ...(wide ? [headSize] : [])],
    floats: [1 / Math.sqrt(headSize), keepScale],
    flops: 2 * call.arrays * heads * headSize * rows * rows,
  }
  ctx.dispatch(flatCall(whole, heads * threads(rows), ctx.tuning.rowGroup))
}

const FORWARD: Kernel = { name: 'attention', source, wideSource }

export function attention(ctx: KernelContext, args: AttentionArgs): void {
  const { batch, seqLen, heads, headSize, dropout } = args
  const width = heads * headSize
  launch(ctx, FORWARD, {
    bindings: [gpu(args.qkv), gpu(args.qkv), null, gpu(dropout?.seed), gpu(args.out), gpu(args.lse)],
    stored: stored({ Queries: gpu(args.qkv), Cache: gpu(args.qkv), Out: gpu(args.out) }),
    integers: [batch, seqLen, heads, seqLen, 3 * width, 3 * width, width, 2 * width, width],
    ...{ headSize, width, rows: seqLen, heads: batch * heads, arrays: 2, dropout },
  })
}

export function cachedAttention(ctx: KernelContext, args: CachedAttentionArgs): void {
  const { rows, heads, headSize, cache } = args
  const width = heads * headSize
  launch(ctx, FORWARD, {
    bindings: [gpu(args.qkv), gpu(cache), gpu(args.cursor), null, gpu(args.out), scratch(heads * rows)],
    stored: stored({ Queries: gpu(args.qkv), Cache: gpu(cache), Out: gpu(args.out) }),
    integers: [1, rows, heads, cache.shape[0]!, 3 * width, 2 * width, 0, width, width],
    ...{ headSize, width, rows, heads, arrays: 2 },
  })
}

export function attentionBackward(ctx: KernelContext, args: AttentionBackwardArgs): void {
  const { batch, seqLen, heads, headSize, dropout } = args
  const width = heads * headSize
  const common = {
    integers: [batch, seqLen, heads, width],
    ...{ headSize, width, rows: seqLen, heads: batch * heads, dropout },
  }
  const [qkv, dout, lse, delta, dqkv] = [args.qkv, args.dout, args.lse, args.delta, args.dqkv].map((t) => gpu(t))
  const seed = gpu(dropout?.seed)
  const half = stored({ Qkv: qkv!, Dout: dout!, Dqkv: dqkv! }, 'Dqkv')
  launch(
    ctx,
    { name: 'attention_backward_query', source: backwardQuerySource, wideSource: wideBackwardQuerySource },
    {
      ...common,
      bindings: [qkv!, gpu(args.out), dout!, lse!, seed, delta!, dqkv!],
      stored: { ...half, ...stored({ Out: gpu(args.out) }) },
      arrays: 3,
    },
  )
  launch(
    ctx,
    { name: 'attention_backward_key', source: backwardKeySource, wideSource: wideBackwardKeySource },
    { ...common, bindings: [qkv!, dout!, lse!, delta!, seed, dqkv!], stored: half, arrays: 4 },
  )
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
