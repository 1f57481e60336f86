// Products of blocks: B packed into panels of 8 columns, A read in place or packed, a tile of C in registers.
// (Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication".)
import { edgeTile } from './scratch'
import { fma, read, write } from './vec'

/** Columns of a panel of B: two vectors. */
export const PANEL: i32 = 8
/** Rows of a strip of packed A. */
const STRIP: i32 = 5
const STRIP_BYTES: usize = 20
/** Rows of a tile where A isn't packed. */
const ROWS: i32 = 4

/** Bytes of `k` rows of `n` columns of B, packed: whole panels. */
// @ts-ignore: decorator
@inline
export function packedBytes(k: i32, n: i32): usize {
  return (<usize>((n + PANEL - 1) & -PANEL) * <usize>k) << 2
}

/** Packs B (k, n), whose rows are `ld` bytes apart: panel by panel, each k rows of 8; columns past n become 0. */
export function packRows(to: usize, b: usize, ld: usize, k: i32, n: i32): void {
  for (let j = 0; j < n; j += PANEL) {
    let from = b + (<usize>j << 2)
    const end = to + (<usize>k << 5)
    if (j + PANEL <= n) {
      for (; to < end; to += 32, from += ld) {
        v128.store(to, v128.load(from))
        v128.store(to, v128.load(from, 16), 16)
      }
    } else {
      const left = n - j
      for (; to < end; to += 32, from += ld) {
        for (let i = 0; i < PANEL; i++) {
          store<f32>(to + (<usize>i << 2), i < left ? load<f32>(from + (<usize>i << 2)) : 0)
        }
      }
    }
  }
}

/** Packs the transpose of B (n, k), whose rows are `ld` bytes apart, into the same panels as `packRows`. */
export function packColumns(to: usize, b: usize, ld: usize, k: i32, n: i32): void {
  for (let j = 0; j < n; j += PANEL) {
    const from = b + <usize>j * ld
    const left = n - j
    let i = 0
    if (left >= PANEL) {
      for (; i + 4 <= k; i += 4) {
        const at = from + (<usize>i << 2)
        const out = to + (<usize>i << 5)
        transpose4(at, ld, out)
        transpose4(at + (ld << 2), ld, out + 16)
      }
    }
    for (; i < k; i++) {
      let at = from + (<usize>i << 2)
      const out = to + (<usize>i << 5)
      for (let r = 0; r < PANEL; r++, at += ld) store<f32>(out + (<usize>r << 2), r < left ? load<f32>(at) : 0)
    }
    to += <usize>k << 5
  }
}

/** Four rows of four, `ld` bytes apart, to columns 32 bytes apart. */
// @ts-ignore: decorator
@inline
function transpose4(from: usize, ld: usize, to: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + ld)
  const c = v128.load(from + 2 * ld)
  const d = v128.load(from + 3 * ld)
  const ab = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
  const cd = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
  const ab2 = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
  const cd2 = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
  v128.store(to, i8x16.shuffle(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23))
  v128.store(to, i8x16.shuffle(ab, cd, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 32)
  v128.store(to, i8x16.shuffle(ab2, cd2, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23), 64)
  v128.store(to, i8x16.shuffle(ab2, cd2, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31), 96)
}

/** Packs A (m, k), rows `ld` bytes apart, for `multiplyPacked`: strip by strip, each k times STRIP rows; rows past m become 0. */
export function packStrips(to: usize, a: usize, ld: usize, k: i32, m: i32): void {
  for (let i = 0; i < m; i += STRIP, a += STRIP * ld) {
    // A row past the end repeats the last, and its products are never stored.
    const rest = m - 1 - i
    let a0 = a
    let a1 = a + ld * min(1, rest)
    let a2 = a + ld * min(2, rest)
    let a3 = a + ld * min(3, rest)
    let a4 = a + ld * min(4, rest)
    for (const end = to + <usize>k * STRIP_BYTES; to < end; to += STRIP_BYTES) {
      store<f32>(to, load<f32>(a0))
      store<f32>(to, load<f32>(a1), 4)
      store<f32>(to, load<f32>(a2), 8)
      store<f32>(to, load<f32>(a3), 12)
      store<f32>(to, load<f32>(a4), 16)
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
      a4 += 4
    }
  }
}

/** Packs the transpose of A (k, m) into the same strips. */
export function packStripsTransposed(to: usize, a: usize, ld: usize, k: i32, m: i32): void {
  for (let i = 0; i < m; i += STRIP) {
    let from = a + (<usize>i << 2)
    const end = to + <usize>k * STRIP_BYTES
    const left = m - i
    if (left >= STRIP) {
      for (; to < end; to += STRIP_BYTES, from += ld) {
        v128.store(to, v128.load(from))
        store<f32>(to, load<f32>(from, 16), 16)
      }
    } else {
      for (; to < end; to += STRIP_BYTES, from += ld) {
        for (let r = 0; r < STRIP; r++) store<f32>(to + (<usize>r << 2), r < left ? load<f32>(from + (<usize>r << 2)) : 0)
      }
    }
  }
}

/** C (m, n) = or += A B, both packed over the same k. */
export function multiplyPacked(a: usize, b: usize, c: usize, ldc: usize, m: i32, n: i32, k: i32, add: bool): void {
  const panel = <usize>k << 5
  const strip = <usize>k * STRIP_BYTES
  for (let j = 0; j < n; j += PANEL, b += panel) {
    const left = n - j
    let at = c + (<usize>j << 2)
    let row = a
    for (let i = 0; i < m; i += STRIP, row += strip, at += STRIP * ldc) {
      if (left >= PANEL && i + STRIP <= m) tile5(row, b, at, ldc, k, add)
      else {
        tile5(row, b, edgeTile(), 32, k, false)
        copyEdge(edgeTile(), at, ldc, min(STRIP, m - i), min(left, PANEL), add)
      }
    }
  }
}

/** The fastest tile that was found: more rows need more than the 15 vector registers there are, fewer load more for each product. */
// @ts-ignore: decorator
@inline
function tile5(a: usize, b: usize, c: usize, ldc: usize, k: i32, add: bool): void {
  if (ASC_FEATURE_RELAXED_SIMD) tile5Fused(a, b, c, ldc, k, add)
  else tile5Plain(a, b, c, ldc, k, add)
}

/**
 * Four steps of k a turn. A processor core is often shared by two threads, and whoever has the other half takes instructions from this one: then
 * it counts how few there are. So rows come as vectors of four, of which each lane is spread, instead of one load and one address for every
 * number (measured beside a busy neighbour: 15 to 19 % faster than `tile5Plain`, alone 1 to 2 % slower). It may end after any step, which also
 * keeps V8 from moving a step's products behind the next one's loads: that needs more registers than there are, and takes 1.4 times as long.
 * Reads up to 12 bytes past the strip.
 */
function tile5Fused(a: usize, b: usize, c: usize, ldc: usize, k: i32, add: bool): void {
  const kept = i32x4.splat(add ? -1 : 0)
  let c00 = begin(c, kept), c01 = begin(c + 16, kept)
  let c10 = begin(c + ldc, kept), c11 = begin(c + ldc + 16, kept)
  let c20 = begin(c + 2 * ldc, kept), c21 = begin(c + 2 * ldc + 16, kept)
  let c30 = begin(c + 3 * ldc, kept), c31 = begin(c + 3 * ldc + 16, kept)
  let c40 = begin(c + 4 * ldc, kept), c41 = begin(c + 4 * ldc + 16, kept)
  const end = b + (<usize>k << 5)
  while (b < end) {
    let v = v128.load(a), w = v128.load(a, 16)
    let b0 = v128.load(b), b1 = v128.load(b, 16)
    let x = lane0(v)
    c00 = fma(x, b0, c00)
    c01 = fma(x, b1, c01)
    x = lane1(v)
    c10 = fma(x, b0, c10)
    c11 = fma(x, b1, c11)
    x = lane2(v)
    c20 = fma(x, b0, c20)
    c21 = fma(x, b1, c21)
    x = lane3(v)
    c30 = fma(x, b0, c30)
    c31 = fma(x, b1, c31)
    x = lane0(w)
    c40 = fma(x, b0, c40)
    c41 = fma(x, b1, c41)
    if (b + 32 == end) break
    b0 = v128.load(b, 32), b1 = v128.load(b, 48)
    x = lane1(w)
    c00 = fma(x, b0, c00)
    c01 = fma(x, b1, c01)
    x = lane2(w)
    c10 = fma(x, b0, c10)
    c11 = fma(x, b1, c11)
    x = lane3(w)
    c20 = fma(x, b0, c20)
    c21 = fma(x, b1, c21)
    v = v128.load(a, 32)
    x = lane0(v)
    c30 = fma(x, b0, c30)
    c31 = fma(x, b1, c31)
    x = lane1(v)
    c40 = fma(x, b0, c40)
    c41 = fma(x, b1, c41)
    if (b + 64 == end) break
    b0 = v128.load(b, 64), b1 = v128.load(b, 80)
    x = lane2(v)
    c00 = fma(x, b0, c00)
    c01 = fma(x, b1, c01)
    x = lane3(v)
    c10 = fma(x, b0, c10)
    c11 = fma(x, b1, c11)
    w = v128.load(a, 48)
    x = lane0(w)
    c20 = fma(x, b0, c20)
    c21 = fma(x, b1, c21)
    x = lane1(w)
    c30 = fma(x, b0, c30)
    c31 = fma(x, b1, c31)
    x = lane2(w)
    c40 = fma(x, b0, c40)
    c41 = fma(x, b1, c41)
    if (b + 96 == end) break
    b0 = v128.load(b, 96), b1 = v128.load(b, 112)
    x = lane3(w)
    c00 = fma(x, b0, c00)
    c01 = fma(x, b1, c01)
    v = v128.load(a, 64)
    x = lane0(v)
    c10 = fma(x, b0, c10)
    c11 = fma(x, b1, c11)
    x = lane1(v)
    c20 = fma(x, b0, c20)
    c21 = fma(x, b1, c21)
    x = lane2(v)
    c30 = fma(x, b0, c30)
    c31 = fma(x, b1, c31)
    x = lane3(v)
    c40 = fma(x, b0, c40)
    c41 = fma(x, b1, c41)
    a += 4 * STRIP_BYTES
    b += 128
  }
  put(c, c00, c01)
  put(c + ldc, c10, c11)
  put(c + 2 * ldc, c20, c21)
  put(c + 3 * ldc, c30, c31)
  put(c + 4 * ldc, c40, c41)
}

/** One step of k a turn: where products aren't fused, their temporary results leave no registers for more. */
function tile5Plain(a: usize, b: usize, c: usize, ldc: usize, k: i32, add: bool): void {
  const kept = i32x4.splat(add ? -1 : 0)
  let c00 = begin(c, kept), c01 = begin(c + 16, kept)
  let c10 = begin(c + ldc, kept), c11 = begin(c + ldc + 16, kept)
  let c20 = begin(c + 2 * ldc, kept), c21 = begin(c + 2 * ldc + 16, kept)
  let c30 = begin(c + 3 * ldc, kept), c31 = begin(c + 3 * ldc + 16, kept)
  let c40 = begin(c + 4 * ldc, kept), c41 = begin(c + 4 * ldc + 16, kept)
  const end = b + (<usize>k << 5)
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    let x = v128.load_splat<f32>(a)
    c00 = fma(x, b0, c00)
    c01 = fma(x, b1, c01)
    x = v128.load_splat<f32>(a, 4)
    c10 = fma(x, b0, c10)
    c11 = fma(x, b1, c11)
    x = v128.load_splat<f32>(a, 8)
    c20 = fma(x, b0, c20)
    c21 = fma(x, b1, c21)
    x = v128.load_splat<f32>(a, 12)
    c30 = fma(x, b0, c30)
    c31 = fma(x, b1, c31)
    x = v128.load_splat<f32>(a, 16)
    c40 = fma(x, b0, c40)
    c41 = fma(x, b1, c41)
    a += STRIP_BYTES
    b += 32
  }
  put(c, c00, c01)
  put(c + ldc, c10, c11)
  put(c + 2 * ldc, c20, c21)
  put(c + 3 * ldc, c30, c31)
  put(c + 4 * ldc, c40, c41)
}

/**
 * C (m, n) = or += A (m, k) B, with B packed and its panels `panel` bytes apart, A read where it is: element (i, l) at a + i rs + l cs.
 * Distances in bytes. For products too small to pack A for.
 */
export function multiply(
  a: usize, rs: usize, cs: usize,
  b: usize, panel: usize,
  c: usize, ldc: usize,
  m: i32, n: i32, k: i32, add: bool,
): void {
  for (let j = 0; j < n; j += PANEL) {
    const left = n - j
    const column = c + (<usize>j << 2)
    let row = a
    let i = 0
    if (left >= PANEL) {
      for (; i + ROWS <= m; i += ROWS, row += ROWS * rs) tile4(row, rs, cs, b, column + <usize>i * ldc, ldc, k, add)
    } else {
      for (; i + ROWS <= m; i += ROWS, row += ROWS * rs) {
        tile4(row, rs, cs, b, edgeTile(), 32, k, false)
        copyEdge(edgeTile(), column + <usize>i * ldc, ldc, ROWS, left, add)
      }
    }
    for (let r = 0; i + r < m; r++) {
      const at = column + <usize>(i + r) * ldc
      if (left >= PANEL) tile1(row + <usize>r * rs, cs, b, at, k, add)
      else {
        tile1(row + <usize>r * rs, cs, b, edgeTile(), k, false)
        copyEdge(edgeTile(), at, ldc, 1, left, add)
      }
    }
    b += panel
  }
}

function tile4(a: usize, rs: usize, cs: usize, b: usize, c: usize, ldc: usize, k: i32, add: bool): void {
  const kept = i32x4.splat(add ? -1 : 0)
  let c00 = begin(c, kept), c01 = begin(c + 16, kept)
  let c10 = begin(c + ldc, kept), c11 = begin(c + ldc + 16, kept)
  let c20 = begin(c + 2 * ldc, kept), c21 = begin(c + 2 * ldc + 16, kept)
  let c30 = begin(c + 3 * ldc, kept), c31 = begin(c + 3 * ldc + 16, kept)
  let a1 = a + rs, a2 = a1 + rs, a3 = a2 + rs
  const end = b + (<usize>k << 5)
  while (b < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    let x = v128.load_splat<f32>(a)
    c00 = fma(x, b0, c00)
    c01 = fma(x, b1, c01)
    x = v128.load_splat<f32>(a1)
    c10 = fma(x, b0, c10)
    c11 = fma(x, b1, c11)
    x = v128.load_splat<f32>(a2)
    c20 = fma(x, b0, c20)
    c21 = fma(x, b1, c21)
    x = v128.load_splat<f32>(a3)
    c30 = fma(x, b0, c30)
    c31 = fma(x, b1, c31)
    a += cs
    a1 += cs
    a2 += cs
    a3 += cs
    b += 32
  }
  put(c, c00, c01)
  put(c + ldc, c10, c11)
  put(c + 2 * ldc, c20, c21)
  put(c + 3 * ldc, c30, c31)
}

/** Lane i of v in all four. */
// @ts-ignore: decorator
@inline
function lane0(v: v128): v128 {
  return i32x4.shuffle(v, v, 0, 0, 0, 0)
}
// @ts-ignore: decorator
@inline
function lane1(v: v128): v128 {
  return i32x4.shuffle(v, v, 1, 1, 1, 1)
}
// @ts-ignore: decorator
@inline
function lane2(v: v128): v128 {
  return i32x4.shuffle(v, v, 2, 2, 2, 2)
}
// @ts-ignore: decorator
@inline
function lane3(v: v128): v128 {
  return i32x4.shuffle(v, v, 3, 3, 3, 3)
}

/**
 * Where a tile's sums begin: at what C holds, or at 0. They are loaded before the loop over k: with loads after it V8 keeps the sums in
 * memory instead of in registers, and the loop takes 2.5 times as long.
 */
// @ts-ignore: decorator
@inline
function begin(c: usize, kept: v128): v128 {
  return v128.and(v128.load(c), kept)
}

// @ts-ignore: decorator
@inline
function put(c: usize, low: v128, high: v128): void {
  v128.store(c, low)
  v128.store(c, high, 16)
}

function tile1(a: usize, cs: usize, b: usize, c: usize, k: i32, add: bool): void {
  const kept = i32x4.splat(add ? -1 : 0)
  let low = begin(c, kept), high = begin(c + 16, kept)
  for (const end = b + (<usize>k << 5); b < end; b += 32, a += cs) {
    const x = v128.load_splat<f32>(a)
    low = fma(x, v128.load(b), low)
    high = fma(x, v128.load(b, 16), high)
  }
  put(c, low, high)
}

/** c (rows, left) = or += the first columns of a tile. */
function copyEdge(tile: usize, c: usize, ldc: usize, rows: i32, left: i32, add: bool): void {
  for (let r = 0; r < rows; r++, tile += 32, c += ldc) {
    for (let j = 0; j < left; j += 4) {
      const at = <usize>j << 2
      const v = v128.load(tile + at)
      write(c + at, add ? f32x4.add(read(c + at, left - j), v) : v, left - j)
    }
  }
}
