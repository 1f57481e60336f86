// Causal attention, one head of one sequence per task. Scores exist for BLOCK query rows at a time, never T x T.
// Legend: T positions, D head size, C width. qkv (B T, 3C) holds q | k | v.
import { multiply, packColumns, packedBytes, packRows } from './gemm'
import { dot } from './matvec'
import { keep4, Mask, maskKey } from './random'
import { scratch } from './scratch'
import { exp4, fma, largest, read, splat, total, write } from './vec'

/** Query rows that are worked on together: their scores stay in the L2 cache. */
const BLOCK: i32 = 32

@unmanaged
class Args {
  qkv: usize
  out: usize
  /** (B, H, T) logsumexp of each row of scaled scores. */
  lse: usize
  seqLen: i32
  heads: i32
  headSize: i32
  /** 1 / sqrt(D) */
  scale: f32
  seed: usize
  stream: u32
  threshold: u32
  keepScale: f32
}

// @ts-ignore: decorator
@inline
function maskOf(p: usize): Mask {
  return changetype<Mask>(p + offsetof<Args>('seed'))
}

/** Bytes between rows of scores. */
// @ts-ignore: decorator
@inline
function scoreStride(seqLen: i32): usize {
  return <usize>((seqLen + 7) & -8) << 2
}

/** Scratch: K^T packed (D, T), V packed (T, D), scores (BLOCK, T). */
export function attention(p: usize, task: i32): void {
  const args = changetype<Args>(p)
  const T = args.seqLen
  const D = args.headSize
  const row = <usize>(args.heads * D) << 2
  const head = <usize>((task % args.heads) * D) << 2
  const first = <usize>(task / args.heads) * <usize>T
  const q = args.qkv + first * 3 * row + head
  const out = args.out + first * row + head
  const lse = args.lse + (<usize>task * <usize>T << 2)
  const keys = scratch()
  const values = keys + packedBytes(D, T)
  const scores = values + packedBytes(T, D)
  const stride = scoreStride(T)
  packColumns(keys, q + row, 3 * row, D, T)
  packRows(values, q + 2 * row, 3 * row, T, D)
  for (let i = 0; i < T; i += BLOCK) {
    const rows = min(BLOCK, T - i)
    const seen = i + rows
    multiply(q + <usize>i * 3 * row, 3 * row, 4, keys, <usize>D << 5, scores, stride, rows, seen, D, false)
    for (let r = 0; r < rows; r++) {
      const at = scores + <usize>r * stride
      store<f32>(lse + (<usize>(i + r) << 2), softmaxRow(at, i + r + 1, seen, args.scale))
      if (args.seed != 0) dropRow(at, i + r + 1, maskOf(p), (task * T + i + r) * T)
    }
    multiply(scores, stride, 4, values, <usize>T << 5, out + <usize>i * row, row, rows, D, seen, false)
  }
}

/** scores -> weights over the first `count` keys, zero for the rest of `all`; returns the logsumexp of the scaled scores. */
function softmaxRow(at: usize, count: i32, all: i32, scale: f32): f32 {
  const top = largestOf(at, count)
  // Shifted by the largest before scaling: the exponents are never positive.
  const top4 = splat(top)
  const scale4 = splat(scale)
  const whole = count & -4
  let sum4 = splat(0)
  for (let j = 0; j < whole; j += 4) {
    const x = at + (<usize>j << 2)
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(x), top4), scale4))
    v128.store(x, e)
    sum4 = f32x4.add(sum4, e)
  }
  let sum = total(sum4)
  for (let j = whole; j < count; j++) {
    const x = at + (<usize>j << 2)
    const e = f32x4.extract_lane(exp4(splat((load<f32>(x) - top) * scale)), 0)
    store<f32>(x, e)
    sum += e
  }
  const inverse = splat(1 / sum)
  for (let j = 0; j < count; j += 4) {
    const x = at + (<usize>j << 2)
    write(x, f32x4.mul(read(x, count - j), inverse), count - j)
  }
  memory.fill(at + (<usize>count << 2), 0, <usize>(all - count) << 2)
  return top * scale + Mathf.log(sum)
}

function largestOf(at: usize, count: i32): f32 {
  const whole = count & -4
  let top = load<f32>(at)
  if (whole > 0) {
    let top4 = v128.load(at)
    for (let j = 4; j < whole; j += 4) top4 = f32x4.max(top4, v128.load(at + (<usize>j << 2)))
    top = largest(top4)
  }
  for (let j = whole; j < count; j++) top = max(top, load<f32>(at + (<usize>j << 2)))
  return top
}

function dropRow(at: usize, count: i32, mask: Mask, element: u32): void {
  const key = maskKey(mask)
  for (let j = 0; j < count; j += 4) {
    const x = at + (<usize>j << 2)
    write(x, f32x4.mul(read(x, count - j), keep4(mask, key, element + j)), count - j)
  }
}

@unmanaged
class BackwardArgs extends Args {
  dout: usize
  dqkv: usize
}

/**
 * Weights are found again from the logsumexp (Dao 2022, FlashAttention). With P the weights, P' after dropping, S scaled scores:
 * dV = P'^T dO, dP = dO V^T (masked), dS = P (dP - delta) scale, delta = sum of dO O, dQ = dS K, dK = dS^T Q.
 * Scratch: K^T and V^T packed (D, T), K packed (T, D), Q and dO of a block packed (BLOCK, D), P' and dS (BLOCK, T).
 */
export function attentionBackward(p: usize, task: i32): void {
  const args = changetype<BackwardArgs>(p)
  const T = args.seqLen
  const D = args.headSize
  const row = <usize>(args.heads * D) << 2
  const head = <usize>((task % args.heads) * D) << 2
  const first = <usize>(task / args.heads) * <usize>T
  const q = args.qkv + first * 3 * row + head
  const dq = args.dqkv + first * 3 * row + head
  const out = args.out + first * row + head
  const dout = args.dout + first * row + head
  const lse = args.lse + (<usize>task * <usize>T << 2)
  const stride = scoreStride(T)
  const keyColumns = scratch()
  const valueColumns = keyColumns + packedBytes(D, T)
  const keyRows = valueColumns + packedBytes(D, T)
  const queryBlock = keyRows + packedBytes(T, D)
  const doutBlock = queryBlock + packedBytes(BLOCK, D)
  const weights = doutBlock + packedBytes(BLOCK, D)
  const dscores = weights + <usize>BLOCK * stride
  packColumns(keyColumns, q + row, 3 * row, D, T)
  packColumns(valueColumns, q + 2 * row, 3 * row, D, T)
  packRows(keyRows, q + row, 3 * row, T, D)
  for (let i = 0; i < T; i++) {
    const at = dq + <usize>i * 3 * row
    memory.fill(at + row, 0, <usize>D << 2)
    memory.fill(at + 2 * row, 0, <usize>D << 2)
  }
  for (let i = 0; i < T; i += BLOCK) {
    const rows = min(BLOCK, T - i)
    const seen = i + rows
    const panel = <usize>D << 5
    const queries = q + <usize>i * 3 * row
    const douts = dout + <usize>i * row
    multiply(queries, 3 * row, 4, keyColumns, panel, weights, stride, rows, seen, D, false)
    multiply(douts, row, 4, valueColumns, panel, dscores, stride, rows, seen, D, false)
    for (let r = 0; r < rows; r++) {
      const t = i + r
      const delta = dot(dout + <usize>t * row, out + <usize>t * row, D)
      const logsum = load<f32>(lse + (<usize>t << 2))
      const w = weights + <usize>r * stride
      const d = dscores + <usize>r * stride
      if (args.seed != 0) backwardRowDropped(w, d, t + 1, seen, args, logsum, delta, maskOf(p), (task * T + t) * T)
      else backwardRow(w, d, t + 1, seen, args.scale, logsum, delta)
    }
    // dQ (rows, D) = dS (rows, seen) K (seen, D)
    multiply(dscores, stride, 4, keyRows, <usize>T << 5, dq + <usize>i * 3 * row, 3 * row, rows, D, seen, false)
    packRows(queryBlock, queries, 3 * row, rows, D)
    packRows(doutBlock, douts, row, rows, D)
    const short = <usize>rows << 5
    // dK (seen, D) += dS^T Q, dV (seen, D) += P'^T dO
    multiply(dscores, 4, stride, queryBlock, short, dq + row, 3 * row, seen, D, rows, true)
    multiply(weights, 4, stride, doutBlock, short, dq + 2 * row, 3 * row, seen, D, rows, true)
  }
}

/** Scores -> weights and dP -> dS over the first `count` keys, zero for the rest of `all`. */
function backwardRow(w: usize, d: usize, count: i32, all: i32, scale: f32, lse: f32, delta: f32): void {
  const scale4 = splat(scale)
  const lse4 = splat(-lse)
  const delta4 = splat(delta)
  for (let j = 0; j < count; j += 4) {
    const at = <usize>j << 2
    const left = count - j
    const weight = exp4(fma(read(w + at, left), scale4, lse4))
    write(w + at, weight, left)
    const dp = f32x4.sub(read(d + at, left), delta4)
    write(d + at, f32x4.mul(f32x4.mul(weight, dp), scale4), left)
  }
  zeroTail(w, d, count, all)
}

function backwardRowDropped(
  w: usize, d: usize, count: i32, all: i32, args: Args, lse: f32, delta: f32, mask: Mask, element: u32,
): void {
  const key = maskKey(mask)
  const scale4 = splat(args.scale)
  const lse4 = splat(-lse)
  const delta4 = splat(delta)
  for (let j = 0; j < count; j += 4) {
    const at = <usize>j << 2
    const left = count - j
    const weight = exp4(fma(read(w + at, left), scale4, lse4))
    const factor = keep4(mask, key, element + j)
    write(w + at, f32x4.mul(weight, factor), left)
    const dp = f32x4.sub(f32x4.mul(read(d + at, left), factor), delta4)
    write(d + at, f32x4.mul(f32x4.mul(weight, dp), scale4), left)
  }
  zeroTail(w, d, count, all)
}

function zeroTail(w: usize, d: usize, count: i32, all: i32): void {
  const at = <usize>count << 2
  const bytes = <usize>(all - count) << 2
  memory.fill(w + at, 0, bytes)
  memory.fill(d + at, 0, bytes)
}

@unmanaged
class AppendArgs {
  qkv: usize
  cache: usize
  /** Position of the first row, number of rows that count. */
  cursor: usize
  width: i32
  positions: u32
}

/** Tasks: rows. */
export function appendKv(p: usize, task: i32): void {
  const args = changetype<AppendArgs>(p)
  const position = load<u32>(args.cursor) + <u32>task
  if (<u32>task >= load<u32>(args.cursor, 4) || position >= args.positions) return
  const row = <usize>args.width << 2
  memory.copy(args.cache + <usize>position * 2 * row, args.qkv + <usize>task * 3 * row + row, 2 * row)
}

@unmanaged
class CachedArgs {
  qkv: usize
  cache: usize
  cursor: usize
  out: usize
  heads: i32
  headSize: i32
  positions: i32
  scale: f32
}

/** Tasks: rows times heads. Rows that don't count are left as they are. Scratch: the scores of one row. */
export function cachedAttention(p: usize, task: i32): void {
  const args = changetype<CachedArgs>(p)
  const r = task / args.heads
  if (<u32>r >= load<u32>(args.cursor, 4)) return
  const D = args.headSize
  const row = <usize>(args.heads * D) << 2
  const head = <usize>((task % args.heads) * D) << 2
  const count = min(load<i32>(args.cursor) + r, args.positions - 1) + 1
  const q = args.qkv + <usize>r * 3 * row + head
  const out = args.out + <usize>r * row + head
  const keys = args.cache + head
  const weights = scratch()
  for (let j = 0; j < count; j++) store<f32>(weights + (<usize>j << 2), dot(q, keys + <usize>j * 2 * row, D))
  softmaxRow(weights, count, count, args.scale)
  memory.fill(out, 0, <usize>D << 2)
  for (let j = 0; j < count; j++) {
    const weight = v128.load_splat<f32>(weights + (<usize>j << 2))
    const value = keys + row + <usize>j * 2 * row
    for (let c = 0; c < D; c += 4) {
      const at = <usize>c << 2
      write(out + at, fma(weight, read(value + at, D - c), read(out + at, D - c)), D - c)
    }
  }
}
