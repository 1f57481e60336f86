import { gelu, geluDerivative, read, splat, write } from './vec'

/** An optional operand's address, moved; 0 stays absent. */
// @ts-ignore: decorator
@inline
export function shift(operand: usize, bytes: usize): usize {
  return operand == 0 ? 0 : operand + bytes
}

/** What follows a product, over one row of it: scale, bias, residual, GELU (keeping what goes into it), times GELU's derivative. 0 where absent. */
export function finishRow(out: usize, scale: f32, bias: usize, residual: usize, withGelu: i32, pre: usize, before: usize, columns: i32): void {
  const whole = <usize>(columns & -4) << 2
  const left = columns & 3
  if (scale != 1) scaleRow(out, scale, whole, left)
  if (bias != 0) addRow(out, bias, whole, left)
  if (residual != 0) addRow(out, residual, whole, left)
  if (withGelu != 0) {
    if (pre != 0) memory.copy(pre, out, <usize>columns << 2)
    geluRow(out, whole, left)
  }
  if (before != 0) geluBackwardRow(out, before, whole, left)
}

function scaleRow(out: usize, scale: f32, whole: usize, left: i32): void {
  const s = splat(scale)
  const end = out + whole
  for (; out < end; out += 16) v128.store(out, f32x4.mul(v128.load(out), s))
  if (left != 0) write(out, f32x4.mul(read(out, left), s), left)
}

function addRow(out: usize, x: usize, whole: usize, left: i32): void {
  let at: usize = 0
  for (; at < whole; at += 16) v128.store(out + at, f32x4.add(v128.load(out + at), v128.load(x + at)))
  if (left != 0) write(out + at, f32x4.add(read(out + at, left), read(x + at, left)), left)
}

function geluRow(out: usize, whole: usize, left: i32): void {
  let at = out
  for (const end = out + whole; at < end; at += 16) v128.store(at, gelu(v128.load(at)))
  if (left != 0) write(at, gelu(read(at, left)), left)
}

function geluBackwardRow(out: usize, before: usize, whole: usize, left: i32): void {
  let at: usize = 0
  for (; at < whole; at += 16) {
    v128.store(out + at, f32x4.mul(v128.load(out + at), geluDerivative(v128.load(before + at))))
  }
  if (left != 0) write(out + at, f32x4.mul(read(out + at, left), geluDerivative(read(before + at, left))), left)
}
