import type { Sampling } from '@shared/contract/schemas.ts'
import { createRng } from '@shared/random/rng.ts'
import { ranking } from './ranking.ts'

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
    let left = rng.next()
    let last = 0
    for (const { id, probability } of distribution(logits, { temperature, topK, topP })) {
      left -= probability
      last = id
      if (left < 0) break
    }
    // Rounding can leave a sliver above the last sum.
    return last
  }
}

/** Index of the largest logit, the lowest where several are equal. */
export function argmax(logits: Float32Array): number {
  let best = 0
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[best] as number)) best = i
  return best
}

/** An id that may be drawn. */
export interface Candidate {
  id: number
  probability: number
}

/** The ids that may be drawn, most probable first, with probabilities that sum to 1; found as they are asked for. Temperature must be above 0. */
export function* distribution(
  logits: Float32Array,
  { temperature, topK, topP }: Omit<SamplerOptions, 'seed'>,
): Generator<Candidate, void> {
  // The largest logit is subtracted so that exp never overflows.
  const highest = logits[argmax(logits)] as number
  const weightOf = (id: number) => Math.exp(((logits[id] as number) - highest) / temperature)
  let ids: Iterable<number> = ranking(logits)
  if (topK > 0) ids = first(ids, topK)
  let sum = 0
  for (const id of topK > 0 ? ids : logits.keys()) sum += weightOf(id)
  if (topP < 1) {
    const kept: number[] = []
    let share = 0
    for (const id of ids) {
      kept.push(id)
      share += weightOf(id)
      if (share >= topP * sum) break
    }
    ids = kept
    sum = share
  }
  for (const id of ids) yield { id, probability: weightOf(id) / sum }
}

function first(ids: Iterable<number>, count: number): number[] {
  const taken: number[] = []
  for (const id of ids) if (taken.push(id) === count) break
  return taken
}
