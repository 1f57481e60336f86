// Counter-based random bits: PCG's output permutation (Jarzynski and Olano 2020, "pcg_hash") over element, stream and seed.

function pcg(value: u32): u32 {
  const state = value * 747796405 + 2891336453
  const word = ((state >> ((state >> 28) + 4)) ^ state) * 277803737
  return (word >> 22) ^ word
}

@unmanaged
export class Mask {
  /** 0 where nothing is dropped. */
  seed: usize
  stream: u32
  /** p 2^32 */
  threshold: u32
  /** 1 / (1 - p) */
  scale: f32
}

/** What tells this place in the model, in this step, from all others. */
export function maskKey(mask: Mask): u32 {
  return pcg(mask.stream ^ pcg(load<u32>(mask.seed)))
}

/** 0 where an element is dropped, else 1 / (1 - p), for four elements in a row. */
// @ts-ignore: decorator
@inline
export function keep4(mask: Mask, key: u32, element: u32): v128 {
  const elements = i32x4.add(i32x4.splat(element), i32x4(0, 1, 2, 3))
  const bits = pcg4(v128.xor(elements, i32x4.splat(key)))
  return v128.and(i32x4.ge_u(bits, i32x4.splat(mask.threshold)), f32x4.splat(mask.scale))
}

// @ts-ignore: decorator
@inline
function pcg4(value: v128): v128 {
  const state = i32x4.add(i32x4.mul(value, i32x4.splat(747796405)), i32x4.splat(2891336453))
  const shifted = shiftByTop(state)
  const word = i32x4.mul(v128.xor(shifted, state), i32x4.splat(277803737))
  return v128.xor(i32x4.shr_u(word, 22), word)
}

/** state >> ((state >> 28) + 4), which no single instruction does with a shift for each lane: by 4, then by 1, 2, 4 and 8 where those bits are set. */
// @ts-ignore: decorator
@inline
function shiftByTop(state: v128): v128 {
  let v = i32x4.shr_u(state, 4)
  v = v128.bitselect(i32x4.shr_u(v, 1), v, i32x4.shr_s(i32x4.shl(state, 3), 31))
  v = v128.bitselect(i32x4.shr_u(v, 2), v, i32x4.shr_s(i32x4.shl(state, 2), 31))
  v = v128.bitselect(i32x4.shr_u(v, 4), v, i32x4.shr_s(i32x4.shl(state, 1), 31))
  return v128.bitselect(i32x4.shr_u(v, 8), v, i32x4.shr_s(state, 31))
}
