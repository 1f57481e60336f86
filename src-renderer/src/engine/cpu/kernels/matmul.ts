// out (m, n) = A B, with what can follow while it is in the cache. Tasks: blocks of rows times blocks of columns.
import { finishRow, shift } from './epilogue'
import { multiplyPacked, packColumns, packedBytes, packRows, packStrips, packStripsTransposed, PANEL } from './gemm'
import { scratch } from './scratch'
import { read, splat, write } from './vec'

@unmanaged
class Args {
  /** 0 nn, 1 nt, 2 tn. */
  layout: i32
  a: usize
  b: usize
  out: usize
  m: i32
  n: i32
  k: i32
  /** Bytes between rows. */
  lda: usize
  ldb: usize
  ldc: usize
  /** 0 where absent. `residual`, `pre` and `before` have rows of n numbers, ldc apart. */
  bias: usize
  residual: usize
  gelu: i32
  pre: usize
  before: usize
  accumulate: i32
  sums: usize
  scale: f32
  /** Rows and columns of one task, and how much of k is packed at once: a panel of that many rows stays in the L1 cache. */
  rows: i32
  columns: i32
  depth: i32
}

/** Rows of A worked on with one packed block: a multiple of a strip's rows, so that with 384 columns they stay in the L2 cache (120 KiB). */
const MC: i32 = 80

/** Scratch: packed B (depth, columns), then packed A (MC, depth). */
export function matmul(p: usize, task: i32): void {
  const args = changetype<Args>(p)
  const across = (args.n + args.columns - 1) / args.columns
  const row0 = (task / across) * args.rows
  const column0 = (task % across) * args.columns
  const rows = min(args.rows, args.m - row0)
  const columns = min(args.columns, args.n - column0)
  const panels = scratch()
  const strips = panels + packedBytes(args.depth, args.columns)
  const lda = args.lda
  const ldb = args.ldb
  const ldc = args.ldc
  const out = args.out + <usize>row0 * ldc + (<usize>column0 << 2)
  for (let k0 = 0; k0 < args.k; k0 += args.depth) {
    const k = min(args.depth, args.k - k0)
    if (args.layout == 1) packColumns(panels, args.b + <usize>column0 * ldb + (<usize>k0 << 2), ldb, k, columns)
    else packRows(panels, args.b + <usize>k0 * ldb + (<usize>column0 << 2), ldb, k, columns)
    if (args.sums != 0 && row0 == 0) sumPacked(args.sums + (<usize>column0 << 2), panels, k, columns, k0 > 0 || args.accumulate != 0)
    const add = k0 > 0 || args.accumulate != 0
    for (let i = 0; i < rows; i += MC) {
      const m = min(MC, rows - i)
      if (args.layout == 2) packStripsTransposed(strips, args.a + <usize>k0 * lda + (<usize>(row0 + i) << 2), lda, k, m)
      else packStrips(strips, args.a + <usize>(row0 + i) * lda + (<usize>k0 << 2), lda, k, m)
      multiplyPacked(strips, panels, out + <usize>i * ldc, ldc, m, columns, k, add)
      if (k0 + k >= args.k) finish(args, row0 + i, m, column0, columns)
    }
  }
}

/** Bias, residual, GELU or its backward, over one block. */
function finish(args: Args, row0: i32, rows: i32, column0: i32, columns: i32): void {
  if (args.scale == 1 && args.bias == 0 && args.residual == 0 && args.gelu == 0 && args.before == 0) return
  const column = <usize>column0 << 2
  for (let i = row0; i < row0 + rows; i++) {
    const at = <usize>i * args.ldc + column
    finishRow(args.out + at, args.scale, shift(args.bias, column), shift(args.residual, at), args.gelu, shift(args.pre, at), shift(args.before, at), columns)
  }
}

/** sums (n) = or += the sums of B's columns, from its panels. */
function sumPacked(sums: usize, packed: usize, k: i32, n: i32, add: bool): void {
  for (let j = 0; j < n; j += PANEL) {
    let low = splat(0)
    let high = splat(0)
    for (const end = packed + (<usize>k << 5); packed < end; packed += 32) {
      low = f32x4.add(low, v128.load(packed))
      high = f32x4.add(high, v128.load(packed, 16))
    }
    const at = sums + (<usize>j << 2)
    const left = n - j
    if (add) {
      low = f32x4.add(low, read(at, left))
      if (left > 4) high = f32x4.add(high, read(at + 16, left - 4))
    }
    write(at, low, left)
    if (left > 4) write(at + 16, high, left - 4)
  }
}
