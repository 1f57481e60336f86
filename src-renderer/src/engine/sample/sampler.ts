import type { Sampling } from '@shared/contract/schemas.ts'
import { createRng } from '@shared/random/rng.ts'

/** What `createSampler` reads of the sampling settings. */
type SamplerOptions = Pick<Sampling, 'temperature' | 'topK' | 'topP' | 'seed'>

/**
 * A function that picks the next token from (V) logits. Temperature 0 is greedy (the lowest id wins a tie). Otherwise, in this order
 * (as Hugging Face's logits processors): divide by the temperature, keep the `topK` largest (0 keeps all), keep the smallest set whose
 * probability reaches `topP` (at least one; Holtzman et al. 2019, "nucleus sampling"), draw. The same seed gives the same draws.
 */
export function createSampler({ temperature, topK, topP, seed }: SamplerOptions): (logits: Float32Array) => number {
  if (temperature === 0) return argmax
  const rng = createRng(seed)
  return (logits) => {
    const { ids, probabilities } = distribution(logits, { temperature, topK, topP })
    let left = rng.next()
    for (let i = 0; i < ids.length; i++) {
      left -= probabilities[i] as number
      if (left < 0) return ids[i] as number
    }
    // Rounding can leave a sliver above the last sum.
    return ids[ids.length - 1] as number
  }
}

/** Index of the largest logit, the lowest where several are equal. */
export function argmax(logits: Float32Array): number {
  let best = 0
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[best] as number)) best = i
  return best
}

/** The ids that may be drawn, most probable first, with probabilities that sum to 1. Temperature must be above 0. */
export function distribution(
  logits: Float32Array,
  { temperature, topK, topP }: Omit<SamplerOptions, 'seed'>,
): { ids: number[]; probabilities: number[] } {
  const order = Array.from(logits.keys()).sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b)
  let ids = topK > 0 ? order.slice(0, topK) : order
  // The largest logit is subtracted so that exp never overflows.
  const highest = logits[ids[0] as number] as number
  let probabilities = normalise(ids.map((id) => Math.exp(((logits[id] as number) - highest) / temperature)))
  if (topP < 1) {
    let sum = 0
    let kept = 0
    while (kept < ids.length && (kept === 0 || sum < topP)) sum += probabilities[kept++] as number
    ids = ids.slice(0, kept)
    probabilities = normalise(probabilities.slice(0, kept))
  }
  return { ids, probabilities }
}

function normalise(weights: number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}
