import { fma, splat, total } from './vec'

@unmanaged
class SquaresArgs {
  x: usize
  /** Numbers: a multiple of 4. */
  length: i32
  /** Numbers of one task. */
  chunk: i32
  /** (tasks) */
  partial: usize
}

/** Sum of the squares of each task's range. */
export function sumSquares(p: usize, task: i32): void {
  const args = changetype<SquaresArgs>(p)
  const from = <usize>task * <usize>args.chunk
  const count = min(<usize>args.chunk, <usize>args.length - from)
  let s0 = splat(0)
  let s1 = splat(0)
  let at = args.x + (from << 2)
  for (const end = at + (count << 2); at < end; at += 32) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    s0 = fma(a, a, s0)
    s1 = fma(b, b, s1)
  }
  store<f32>(args.partial + (<usize>task << 2), total(f32x4.add(s0, s1)))
}

@unmanaged
class ClipArgs {
  partial: usize
  count: i32
  maxNorm: f32
  results: usize
}

/** results[1] = norm, results[2] = what to scale gradients by (torch.nn.utils.clip_grad_norm_). */
export function clipFactor(p: usize, _task: i32): void {
  const args = changetype<ClipArgs>(p)
  let sum: f64 = 0
  for (let i = 0; i < args.count; i++) sum += <f64>load<f32>(args.partial + (<usize>i << 2))
  const norm = <f32>sqrt<f64>(sum)
  store<f32>(args.results, norm, 4)
  store<f32>(args.results, args.maxNorm > 0 ? min<f32>(1, args.maxNorm / (norm + 1e-6)) : 1, 8)
}

@unmanaged
class Args {
  params: usize
  grads: usize
  m: usize
  v: usize
  /** (tasks, 3): first number, numbers (a multiple of 4), whether they decay. */
  ranges: usize
  /** Learning rate, 1 - beta1^step, 1 - beta2^step. */
  schedule: usize
  results: usize
  beta1: f32
  /** 1 - beta1, not rounded twice. */
  rest1: f32
  beta2: f32
  rest2: f32
  eps: f32
  weightDecay: f32
}

/** p *= 1 - lr wd (where it decays); p -= lr mhat / (sqrt(vhat) + eps), with clipped gradients; nothing when the norm is not finite. */
export function adamw(p: usize, task: i32): void {
  const args = changetype<Args>(p)
  if (!isFinite(load<f32>(args.results, 4))) return
  const range = args.ranges + <usize>task * 12
  const decays = load<u32>(range, 8) != 0
  const lr = load<f32>(args.schedule)
  const clip = v128.load_splat<f32>(args.results, 8)
  const beta1 = splat(args.beta1)
  const beta2 = splat(args.beta2)
  const rest1 = splat(args.rest1)
  const rest2 = splat(args.rest2)
  // lr mhat / (sqrt(vhat) + eps), mhat = m / c1, vhat = v / c2
  const rate = splat(lr / load<f32>(args.schedule, 4))
  const inverse2 = splat(1 / load<f32>(args.schedule, 8))
  const eps = splat(args.eps)
  const shrink = splat(decays ? 1 - lr * args.weightDecay : 1)
  let at = <usize>load<u32>(range) << 2
  for (const end = at + (<usize>load<u32>(range, 4) << 2); at < end; at += 16) {
    const g = f32x4.mul(v128.load(args.grads + at), clip)
    const m = fma(beta1, v128.load(args.m + at), f32x4.mul(rest1, g))
    const v = fma(beta2, v128.load(args.v + at), f32x4.mul(rest2, f32x4.mul(g, g)))
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, inverse2)), eps)
    const step = f32x4.div(f32x4.mul(rate, m), root)
    v128.store(args.m + at, m)
    v128.store(args.v + at, v)
    v128.store(args.params + at, f32x4.sub(f32x4.mul(v128.load(args.params + at), shrink), step))
  }
}
