import type { Adapter, LoraOptions } from '@shared/model/lora.ts'
import type { Ops, Tensor } from '../backend.ts'

/** One low-rank adapter of one block at work. Legend: M rows, k inputs and n outputs of the adapter, N outputs of its linear layer, r rank. */
export interface AdapterContext {
  ops: Ops
  adapter: Adapter
  lora: Pick<LoraOptions, 'rank' | 'alpha'>
  /** M */
  rows: number
  /** N */
  width: number
  /** (r, k) */
  a: Tensor
  /** (n, r) */
  b: Tensor
  /** (M, k), what the linear layer reads */
  x: Tensor
  /** (M, r): (alpha / r) x A^T, kept for backward */
  low: Tensor
}

/** out (M, N) = or += (alpha / r) (x A^T) B^T, in the adapter's columns. */
export function adapterForward(ctx: AdapterContext, out: Tensor, accumulate: boolean): void {
  const { ops, adapter, lora, rows, width, a, b, x, low } = ctx
  const { inputs, outputs, offset } = adapter
  const { rank } = lora
  ops.matmul({ layout: 'nt', a: x, b: a, out: low, m: rows, n: rank, k: inputs, scale: lora.alpha / rank })
  const columns = { out, outOffset: offset, ldc: width, accumulate }
  ops.matmul({ layout: 'nt', a: low, b, ...columns, m: rows, n: outputs, k: rank })
}

export interface AdapterGradients {
  /** (r, k) */
  da: Tensor
  /** (n, r) */
  db: Tensor
  /** Whether da and db are added to. */
  adding: boolean
  /** (M, r) scratch */
  dlow: Tensor
  /** (M, k): its gradient of x is written, or added with `accumulate`; absent where nothing below trains. */
  dx?: { out: Tensor; accumulate: boolean }
}

/** Given dy (M, N): dB = dy^T low, dlow = (alpha / r) dy B, dA = dlow^T x, dx = dlow A. */
export function adapterBackward(ctx: AdapterContext, dy: Tensor, grads: AdapterGradients): void {
  const { ops, adapter, lora, rows, width, a, b, x, low } = ctx
  const { inputs, outputs, offset } = adapter
  const { rank } = lora
  const { da, db, dlow, dx, adding: accumulate } = grads
  const columns = { a: dy, aOffset: offset, lda: width }
  ops.matmul({ layout: 'tn', ...columns, b: low, out: db, m: outputs, n: rank, k: rows, accumulate })
  const scale = lora.alpha / rank
  ops.matmul({ layout: 'nn', ...columns, b, out: dlow, m: rows, n: rank, k: outputs, scale })
  ops.matmul({ layout: 'tn', a: dlow, b: x, out: da, m: rank, n: inputs, k: rows, accumulate })
  if (dx) ops.matmul({ layout: 'nn', a: dlow, b: a, m: rows, n: inputs, k: rank, gradient: true, ...dx })
}
