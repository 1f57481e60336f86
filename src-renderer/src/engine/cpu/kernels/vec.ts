// Vectors of four f32 and the few functions on them that kernels share.

/** a b + c: fused where the build has relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

// @ts-ignore: decorator
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x)
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function total(v: v128): f32 {
  const pair = f32x4.add(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
  return f32x4.extract_lane(pair, 0) + f32x4.extract_lane(pair, 1)
}

/** Largest of the four lanes. */
// @ts-ignore: decorator
@inline
export function largest(v: v128): f32 {
  const pair = f32x4.max(v, i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
  return max(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1))
}

/**
 * e^x for every lane. Cephes expf (Moshier): x = n ln 2 + r, a polynomial of degree 5 in r, then n into the exponent.
 * Relative error below 2e-7 for -87 <= x <= 88; arguments beyond are clamped to that.
 */
// @ts-ignore: decorator
@inline
export function exp4(argument: v128): v128 {
  // pmin and pmax are one instruction each, and keep their first operand where it is not a number.
  const x = f32x4.pmax(f32x4.pmin(argument, splat(88.0)), splat(-87.0))
  const n = f32x4.nearest(f32x4.mul(x, splat(1.44269504088896341)))
  let r = fma(n, splat(-0.693359375), x)
  r = fma(n, splat(2.12194440e-4), r)
  const r2 = f32x4.mul(r, r)
  // Estrin's scheme: a shorter chain of dependent operations than Horner's.
  const high = fma(splat(1.9875691500e-4), r, splat(1.3981999507e-3))
  const middle = fma(splat(8.3334519073e-3), r, splat(4.1665795894e-2))
  const low = fma(splat(1.6666665459e-1), r, splat(5.0000001201e-1))
  const y = fma(fma(fma(high, r2, middle), r2, low), r2, f32x4.add(r, splat(1.0)))
  // 2^n: n + 127 is the biased exponent.
  const power = i32x4.shl(i32x4.add(toInteger(n), i32x4.splat(127)), 23)
  return f32x4.mul(y, power)
}

/** Whole numbers as integers. */
// @ts-ignore: decorator
@inline
function toInteger(n: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.relaxed_trunc_f32x4_s(n) : i32x4.trunc_sat_f32x4_s(n)
}

/**
 * tanh for every lane: the rational function of degree 13 over 6 that Eigen uses (MathFunctionsImpl.h, ptanh_float).
 * Error below 4e-7; arguments beyond +-7.9 give +-1 within that.
 */
// @ts-ignore: decorator
@inline
export function tanh4(argument: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(argument, splat(7.90531110763549805)), splat(-7.90531110763549805))
  const x2 = f32x4.mul(x, x)
  const x4 = f32x4.mul(x2, x2)
  const p0 = fma(splat(6.37261928875436e-4), x2, splat(4.89352455891786e-3))
  const p1 = fma(splat(5.12229709037114e-8), x2, splat(1.48572235717979e-5))
  const p2 = fma(splat(2.00018790482477e-13), x2, splat(-8.60467152213735e-11))
  const p = fma(fma(fma(splat(-2.76076847742355e-16), x4, p2), x4, p1), x4, p0)
  const q0 = fma(splat(2.26843463243900e-3), x2, splat(4.89352518554385e-3))
  const q1 = fma(splat(1.19825839466702e-6), x2, splat(1.18534705686654e-4))
  return f32x4.div(f32x4.mul(x, p), fma(q1, x4, q0))
}

// GELU, tanh form (Hendrycks and Gimpel; HF "gelu_new"): 0.5 x (1 + tanh(u)), u = sqrt(2 / pi) (x + 0.044715 x^3).
const SQRT_2_OVER_PI: f32 = 0.7978845608028654
const CUBIC: f32 = 0.7978845608028654 * 0.044715

// @ts-ignore: decorator
@inline
function geluTanh(x: v128, x2: v128): v128 {
  return tanh4(f32x4.mul(x, fma(x2, splat(CUBIC), splat(SQRT_2_OVER_PI))))
}

// @ts-ignore: decorator
@inline
export function gelu(x: v128): v128 {
  const half = f32x4.mul(x, splat(0.5))
  return fma(half, geluTanh(x, f32x4.mul(x, x)), half)
}

/** 0.5 (1 + t) + 0.5 x (1 - t^2) u', t = tanh(u) */
// @ts-ignore: decorator
@inline
export function geluDerivative(x: v128): v128 {
  const x2 = f32x4.mul(x, x)
  const t = geluTanh(x, x2)
  const slope = fma(x2, splat(3 * CUBIC), splat(SQRT_2_OVER_PI))
  const rest = f32x4.mul(f32x4.sub(splat(1.0), f32x4.mul(t, t)), f32x4.mul(x, slope))
  return f32x4.mul(splat(0.5), f32x4.add(f32x4.add(splat(1.0), t), rest))
}

/** The next four numbers, zeros in place of those past the `left` that there are. */
// @ts-ignore: decorator
@inline
export function read(at: usize, left: i32): v128 {
  return left >= 4 ? v128.load(at) : readPart(at, left)
}

function readPart(at: usize, left: i32): v128 {
  let v = v128.load_zero<u32>(at)
  if (left > 1) v = f32x4.replace_lane(v, 1, load<f32>(at, 4))
  if (left > 2) v = f32x4.replace_lane(v, 2, load<f32>(at, 8))
  return v
}

/** Writes the first `left` lanes, at most four. */
// @ts-ignore: decorator
@inline
export function write(at: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(at, v)
  else writePart(at, v, left)
}

function writePart(at: usize, v: v128, left: i32): void {
  store<f32>(at, f32x4.extract_lane(v, 0))
  if (left > 1) store<f32>(at, f32x4.extract_lane(v, 1), 4)
  if (left > 2) store<f32>(at, f32x4.extract_lane(v, 2), 8)
}
