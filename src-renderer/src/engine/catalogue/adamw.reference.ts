import type { AdamWOptions } from '../model/session.ts'

interface AdamWState {
  p: Float64Array
  m: Float64Array
  v: Float64Array
}

/** One step of torch.optim.AdamW on one tensor, in place; `grad` is clipped already. */
export function adamWReference(
  { p, m, v }: AdamWState,
  grad: ArrayLike<number>,
  {
    beta1,
    beta2,
    eps,
    weightDecay,
    learningRate,
    step,
    decay,
  }: Omit<AdamWOptions, 'gradClip'> & {
    learningRate: number
    step: number
    decay: boolean
  },
): void {
  for (let i = 0; i < p.length; i++) {
    m[i] = beta1 * m[i]! + (1 - beta1) * grad[i]!
    v[i] = beta2 * v[i]! + (1 - beta2) * grad[i]! ** 2
    if (decay) p[i]! *= 1 - learningRate * weightDecay
    p[i]! -= (learningRate * (m[i]! / (1 - beta1 ** step))) / (Math.sqrt(v[i]! / (1 - beta2 ** step)) + eps)
  }
}
