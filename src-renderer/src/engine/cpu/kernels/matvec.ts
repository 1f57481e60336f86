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
    let l = first
    for (; l + 8 <= end; l += 8) addEightRows(out, a + (<usize>l << 2), args.b + <usize>l * args.ldb, args.ldb, args.n)
    for (; l + 4 <= end; l += 4) addRows(out, a + (<usize>l << 2), args.b + <usize>l * args.ldb, args.ldb, args.n)
    for (; l < end; l++) addRow(out, load<f32>(a + (<usize>l << 2)), args.b + <usize>l * args.ldb, args.n)
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

/** out += x[0] b + ... + x[7] b of the row seven further: memory is read faster in eight streams than in four. */
function addEightRows(out: usize, x: usize, b: usize, ldb: usize, columns: i32): void {
  const x0 = v128.load_splat<f32>(x)
  const x1 = v128.load_splat<f32>(x, 4)
  const x2 = v128.load_splat<f32>(x, 8)
  const x3 = v128.load_splat<f32>(x, 12)
  const x4 = v128.load_splat<f32>(x, 16)
  const x5 = v128.load_splat<f32>(x, 20)
  const x6 = v128.load_splat<f32>(x, 24)
  const x7 = v128.load_splat<f32>(x, 28)
  const b1 = b + ldb
  const b2 = b1 + ldb
  const b3 = b2 + ldb
  const b4 = b3 + ldb
  const b5 = b4 + ldb
  const b6 = b5 + ldb
  const b7 = b6 + ldb
  let j: usize = 0
  for (const end = <usize>(columns & -4) << 2; j < end; j += 16) {
    let v = fma(x0, v128.load(b + j), v128.load(out + j))
    let w = f32x4.mul(x1, v128.load(b1 + j))
    v = fma(x2, v128.load(b2 + j), v)
    w = fma(x3, v128.load(b3 + j), w)
    v = fma(x4, v128.load(b4 + j), v)
    w = fma(x5, v128.load(b5 + j), w)
    v = fma(x6, v128.load(b6 + j), v)
    w = fma(x7, v128.load(b7 + j), w)
    v128.store(out + j, f32x4.add(v, w))
  }
  const left = columns & 3
  if (left == 0) return
  addRest(out + j, x, b + j, ldb, left)
  addRest(out + j, x + 16, b4 + j, ldb, left)
}

/** The last columns, fewer than four, of four rows. */
function addRest(out: usize, x: usize, b: usize, ldb: usize, left: i32): void {
  let v = read(out, left)
  for (let i = 0; i < 4; i++, x += 4, b += ldb) v = fma(v128.load_splat<f32>(x), read(b, left), v)
  write(out, v, left)
}

/** out += x[0] b + x[1] b' + x[2] b'' + x[3] b''' */
function addRows(out: usize, x: usize, b: usize, ldb: usize, columns: i32): void {
  const x0 = v128.load_splat<f32>(x)
  const x1 = v128.load_splat<f32>(x, 4)
  const x2 = v128.load_splat<f32>(x, 8)
  const x3 = v128.load_splat<f32>(x, 12)
  const b1 = b + ldb
  const b2 = b1 + ldb
  const b3 = b2 + ldb
  let j: usize = 0
  for (const end = <usize>(columns & -4) << 2; j < end; j += 16) {
    let v = fma(x0, v128.load(b + j), v128.load(out + j))
    v = fma(x1, v128.load(b1 + j), v)
    v = fma(x2, v128.load(b2 + j), v)
    v128.store(out + j, fma(x3, v128.load(b3 + j), v))
  }
  const left = columns & 3
  if (left > 0) addRest(out + j, x, b + j, ldb, left)
}

function addRow(out: usize, x: f32, b: usize, columns: i32): void {
  for (let j = 0; j < columns; j += 4) {
    const at = <usize>j << 2
    const left = columns - j
    write(out + at, fma(splat(x), read(b + at, left), read(out + at, left)), left)
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
