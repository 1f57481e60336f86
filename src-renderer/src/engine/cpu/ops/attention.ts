import type { AppendKvArgs, AttentionArgs, AttentionBackwardArgs, CachedAttentionArgs } from '../../backend.ts'
import { at, type CpuContext } from '../context.ts'
import { APPEND_KV, ATTENTION, ATTENTION_BACKWARD, CACHED_ATTENTION } from '../kernels/ids.ts'
import { maskWords } from './dropout-mask.ts'

/** Query rows that are worked on together, as kernels/attention.ts has it. */
const BLOCK = 32

const roundUp = (n: number) => Math.ceil(n / 8) * 8
/** Bytes of `k` rows of `n` columns in panels. */
const packed = (k: number, n: number) => 4 * k * roundUp(n)

const common = ({ qkv, out, lse, seqLen, heads, headSize, dropout }: AttentionArgs) => [
  at(qkv),
  at(out),
  at(lse),
  seqLen,
  heads,
  headSize,
  { f32: 1 / Math.sqrt(headSize) },
  ...maskWords(dropout),
]

export function attention(ctx: CpuContext, args: AttentionArgs): void {
  const { batch, seqLen: T, heads, headSize: D } = args
  const scratch = packed(D, T) + packed(T, D) + 4 * BLOCK * roundUp(T)
  ctx.command({ kernel: ATTENTION, tasks: batch * heads, words: common(args), scratch })
}

export function attentionBackward(ctx: CpuContext, args: AttentionBackwardArgs): void {
  const { batch, seqLen: T, heads, headSize: D, dout, dqkv } = args
  const scratch = 2 * packed(D, T) + packed(T, D) + 2 * packed(BLOCK, D) + 8 * BLOCK * roundUp(T)
  const words = [...common(args), at(dout), at(dqkv)]
  ctx.command({ kernel: ATTENTION_BACKWARD, tasks: batch * heads, words, scratch })
}

export function appendKv(ctx: CpuContext, { qkv, cache, cursor, rows, width }: AppendKvArgs): void {
  ctx.command({ kernel: APPEND_KV, tasks: rows, words: [at(qkv), at(cache), at(cursor), width, cache.shape[0]!] })
}

export function cachedAttention(ctx: CpuContext, args: CachedAttentionArgs): void {
  const { qkv, cache, cursor, out, rows, heads, headSize } = args
  const positions = cache.shape[0]!
  const scale = { f32: 1 / Math.sqrt(headSize) }
  const words = [at(qkv), at(cache), at(cursor), at(out), heads, headSize, positions, scale]
  ctx.command({ kernel: CACHED_ATTENTION, tasks: rows * heads, words, scratch: 4 * positions })
}
