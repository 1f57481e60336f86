// What a thread does at most: multiply-adds in registers, and copies.
import { fma, splat } from './vec'

@unmanaged
class FmaArgs {
  /** Where each task leaves four numbers, so that its work is not left out. */
  out: usize
  rounds: i32
  a: f32
  b: f32
}

/** 96 multiply-adds a round, in 12 chains of four lanes: enough to fill two units of four cycles each. */
export function peakFma(p: usize, task: i32): void {
  const args = changetype<FmaArgs>(p)
  const a = splat(args.a)
  const b = splat(args.b)
  let x0 = splat(0.0)
  let x1 = splat(0.1)
  let x2 = splat(0.2)
  let x3 = splat(0.3)
  let x4 = splat(0.4)
  let x5 = splat(0.5)
  let x6 = splat(0.6)
  let x7 = splat(0.7)
  let x8 = splat(0.8)
  let x9 = splat(0.9)
  let x10 = splat(1.1)
  let x11 = splat(1.2)
  for (let i = 0; i < args.rounds; i++) {
    x0 = fma(fma(x0, a, b), a, b)
    x1 = fma(fma(x1, a, b), a, b)
    x2 = fma(fma(x2, a, b), a, b)
    x3 = fma(fma(x3, a, b), a, b)
    x4 = fma(fma(x4, a, b), a, b)
    x5 = fma(fma(x5, a, b), a, b)
    x6 = fma(fma(x6, a, b), a, b)
    x7 = fma(fma(x7, a, b), a, b)
    x8 = fma(fma(x8, a, b), a, b)
    x9 = fma(fma(x9, a, b), a, b)
    x10 = fma(fma(x10, a, b), a, b)
    x11 = fma(fma(x11, a, b), a, b)
  }
  const low = f32x4.add(f32x4.add(x0, x1), f32x4.add(f32x4.add(x2, x3), f32x4.add(x4, x5)))
  const high = f32x4.add(f32x4.add(x6, x7), f32x4.add(f32x4.add(x8, x9), f32x4.add(x10, x11)))
  v128.store(args.out + (<usize>task << 4), f32x4.add(low, high))
}

@unmanaged
class CopyArgs {
  x: usize
  out: usize
  /** Bytes of one task. */
  chunk: i32
}

export function copy(p: usize, task: i32): void {
  const args = changetype<CopyArgs>(p)
  const from = <usize>task * args.chunk
  memory.copy(args.out + from, args.x + from, args.chunk)
}
