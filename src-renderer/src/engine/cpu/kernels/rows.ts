// Passes over rows or flat ranges that do little arithmetic.
import { keep4, Mask, maskKey } from './random'
import { gelu, read, splat, write } from './vec'

@unmanaged
class FillArgs {
  out: usize
  length: i32
  value: f32
  /** Numbers of one task. */
  chunk: i32
}

export function fill(p: usize, task: i32): void {
  const args = changetype<FillArgs>(p)
  const from = task * args.chunk
  const end = min(from + args.chunk, args.length)
  const v = splat(args.value)
  for (let i = from; i < end; i += 4) write(args.out + (<usize>i << 2), v, end - i)
}

@unmanaged
class DropoutArgs {
  x: usize
  /** 0 where absent. */
  residual: usize
  out: usize
  length: i32
  chunk: i32
  seed: usize
  stream: u32
  threshold: u32
  scale: f32
}

/** out = residual + x mask / (1 - p); the mask is found again from seed, stream and element. */
export function dropout(p: usize, task: i32): void {
  const args = changetype<DropoutArgs>(p)
  const mask = changetype<Mask>(p + offsetof<DropoutArgs>('seed'))
  const key = maskKey(mask)
  const from = task * args.chunk
  const end = min(from + args.chunk, args.length)
  for (let i = from; i < end; i += 4) {
    const at = <usize>i << 2
    const left = end - i
    let v = f32x4.mul(read(args.x + at, left), keep4(mask, key, i))
    if (args.residual != 0) v = f32x4.add(v, read(args.residual + at, left))
    write(args.out + at, v, left)
  }
}

@unmanaged
class GeluArgs {
  x: usize
  out: usize
  length: i32
  chunk: i32
}

/** out = gelu(x) */
export function geluRange(p: usize, task: i32): void {
  const args = changetype<GeluArgs>(p)
  const from = task * args.chunk
  const end = min(from + args.chunk, args.length)
  for (let i = from; i < end; i += 4) {
    const at = <usize>i << 2
    write(args.out + at, gelu(read(args.x + at, end - i)), end - i)
  }
}

@unmanaged
class SelectArgs {
  /** (batch, seqLen, width) */
  full: usize
  index: usize
  /** (batch, width) */
  picked: usize
  seqLen: i32
  width: i32
}

/** picked[b] = full[b, index[b]]. Tasks: b. */
export function gatherRows(p: usize, task: i32): void {
  const args = changetype<SelectArgs>(p)
  const bytes = <usize>args.width << 2
  memory.copy(args.picked + <usize>task * bytes, args.full + chosenRow(args, task) * bytes, bytes)
}

/** full[b, t] = picked[b] where t = index[b], else 0. Tasks: b. */
export function scatterRows(p: usize, task: i32): void {
  const args = changetype<SelectArgs>(p)
  const bytes = <usize>args.width << 2
  const all = <usize>args.seqLen * bytes
  memory.fill(args.full + <usize>task * all, 0, all)
  memory.copy(args.full + chosenRow(args, task) * bytes, args.picked + <usize>task * bytes, bytes)
}

function chosenRow(args: SelectArgs, b: i32): usize {
  const t = min(load<u32>(args.index + (<usize>b << 2)), <u32>args.seqLen - 1)
  return <usize>b * <usize>args.seqLen + <usize>t
}

@unmanaged
class ColumnSumArgs {
  x: usize
  /** Bytes between rows. */
  ld: usize
  out: usize
  rows: i32
  columns: i32
  /** Columns of one task: a multiple of 4. */
  chunk: i32
  accumulate: i32
}

/** Rows that are summed apart before their sums are: a long sum in one go would lose digits. */
const BLOCK: i32 = 64

/** out (columns) = or += sum of x's rows. */
export function columnSum(p: usize, task: i32): void {
  const args = changetype<ColumnSumArgs>(p)
  const from = task * args.chunk
  const end = min(from + args.chunk, args.columns)
  for (let j = from; j < end; j += 4) {
    const out = args.out + (<usize>j << 2)
    let sum = args.accumulate != 0 ? read(out, end - j) : splat(0)
    let at = args.x + (<usize>j << 2)
    for (let i = 0; i < args.rows; i += BLOCK) {
      const stop = min(i + BLOCK, args.rows)
      let part = splat(0)
      for (let r = i; r < stop; r++, at += args.ld) part = f32x4.add(part, read(at, end - j))
      sum = f32x4.add(sum, part)
    }
    write(out, sum, end - j)
  }
}
