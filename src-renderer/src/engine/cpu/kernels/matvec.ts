// Products of one row, or a few, bound by how fast B can be read: nothing is packed, every row of B is read once, in order.
import { finishRow, shift } from './epilogue'
import { fma, read, splat, total, write } from './vec'

@unmanaged
class Args {
  /** (m, k), rows `lda` bytes apart. */
  a: usize
  /** vecmat: (k, n); matvec: (n, k). Rows `ldb` bytes apart. */
  b: usize
  /** (m, n), rows `ldc` bytes apart; `residual` and `pre` likewise. */
  out: usize
  m: i32
  n: i32
  k: i32
  lda: usize
  ldb: usize
  ldc: usize
  /** 0 where absent. */
  bias: usize
  residual: usize
  gelu: i32
  pre: usize
  accumulate: i32
  scale: f32
  /** vecmat: rows of B of one task; else columns of out. */
  chunk: i32
  /** vecmat: (tasks, m, n), each task's share of a B. */
  partial: usize
  parts: i32
}

/** Each task's share of a B, from some rows of B, which lie together: memory is read fastest in order. */
export function vecmat(p: usize, task: i32): void {
  const args = changetype<Args>(p)
  const first = task * args.chunk
  const end = min(first + args.chunk, args.k)
  for (let i = 0; i < args.m; i++) {
    const out = args.partial + (<usize>((task * args.m + i) * args.n) << 2)
    const a = args.a + <usize>i * args.lda
    memory.fill(out, 0, <usize>args.n << 2)
    for (let l = first; l < end; l++) addRow(out, load<f32>(a + (<usize>l << 2)), args.b + <usize>l * args.ldb, args.n)
  }
}

/** out = the sum of the shares. Tasks: blocks of columns. */
export function vecmatSum(p: usize, task: i32): void {
  const args = changetype<Args>(p)
  const column0 = task * args.chunk
  const columns = min(args.chunk, args.n - column0)
  const stride = <usize>(args.m * args.n) << 2
  for (let i = 0; i < args.m; i++) {
    const out = args.out + <usize>i * args.ldc + (<usize>column0 << 2)
    const partial = args.partial + (<usize>(i * args.n + column0) << 2)
    for (let j = 0; j < columns; j += 4) {
      const left = columns - j
      let at = partial + (<usize>j << 2)
      let sum = args.accumulate == 0 ? splat(0) : read(out + (<usize>j << 2), left)
      for (let part = 0; part < args.parts; part++, at += stride) sum = f32x4.add(sum, read(at, left))
      write(out + (<usize>j << 2), sum, left)
    }
    finish(args, i, column0, columns)
  }
}

/** out += x b, a cache line a turn. */
function addRow(out: usize, x: f32, b: usize, columns: i32): void {
  const x4 = splat(x)
  let j = 0
  for (; j + 16 <= columns; j += 16, out += 64, b += 64) {
    v128.store(out, fma(x4, v128.load(b), v128.load(out)))
    v128.store(out, fma(x4, v128.load(b, 16), v128.load(out, 16)), 16)
    v128.store(out, fma(x4, v128.load(b, 32), v128.load(out, 32)), 32)
    v128.store(out, fma(x4, v128.load(b, 48), v128.load(out, 48)), 48)
  }
  for (; j < columns; j += 4, out += 16, b += 16) {
    const left = columns - j
    write(out, fma(x4, read(b, left), read(out, left)), left)
  }
}

/** out = a B^T. Tasks: blocks of B's rows. */
export function matvec(p: usize, task: i32): void {
  const args = changetype<Args>(p)
  const column0 = task * args.chunk
  const columns = min(args.chunk, args.n - column0)
  for (let i = 0; i < args.m; i++) {
    const out = args.out + <usize>i * args.ldc + (<usize>column0 << 2)
    const a = args.a + <usize>i * args.lda
    for (let j = 0; j < columns; j++) {
      const at = out + (<usize>j << 2)
      const sum = dot(a, args.b + <usize>(column0 + j) * args.ldb, args.k)
      store<f32>(at, args.accumulate == 0 ? sum : load<f32>(at) + sum)
    }
    finish(args, i, column0, columns)
  }
}

export function dot(a: usize, b: usize, k: i32): f32 {
  let s0 = splat(0), s1 = splat(0), s2 = splat(0), s3 = splat(0)
  let l = 0
  for (; l + 16 <= k; l += 16, a += 64, b += 64) {
    s0 = fma(v128.load(a), v128.load(b), s0)
    s1 = fma(v128.load(a, 16), v128.load(b, 16), s1)
    s2 = fma(v128.load(a, 32), v128.load(b, 32), s2)
    s3 = fma(v128.load(a, 48), v128.load(b, 48), s3)
  }
  for (; l < k; l += 4, a += 16, b += 16) s0 = fma(read(a, k - l), read(b, k - l), s0)
  return total(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)))
}

function finish(args: Args, row: i32, column0: i32, columns: i32): void {
  if (args.scale == 1 && args.bias == 0 && args.residual == 0 && args.gelu == 0) return
  const column = <usize>column0 << 2
  const at = <usize>row * args.ldc + column
  finishRow(args.out + at, args.scale, shift(args.bias, column), shift(args.residual, at), args.gelu, shift(args.pre, at), 0, columns)
}
