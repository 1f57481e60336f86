import type { LmBatch } from '@engine/model/session.ts'
import { IGNORE } from './batches.ts'

/** A prompt with its answer, as ids: prompt, answer, end token. */
export interface EncodedPair {
  ids: number[]
  /** How many of `ids` are prompt, and so not learned. */
  promptLength: number
}

export interface PairRows {
  rows: EncodedPair[]
  /** Pairs cut at the end to fit the context. */
  truncated: number
  /** Pairs left out because the cut took the whole answer. */
  dropped: number
}

/** Cuts pairs to `T` inputs (T + 1 ids) and drops those without anything left to learn, counting both. */
export function fitPairs(pairs: Iterable<EncodedPair>, T: number): PairRows {
  const result: PairRows = { rows: [], truncated: 0, dropped: 0 }
  for (const { ids, promptLength } of pairs) {
    const kept = Math.min(ids.length, T + 1)
    if (kept < ids.length) result.truncated++
    if (kept <= promptLength || kept < 2) result.dropped++
    else result.rows.push({ ids: ids.slice(0, kept), promptLength })
  }
  return result
}

/**
 * (B, T) inputs and targets of up to B pairs. Position t of a row predicts id t + 1; targets inside the prompt and in the
 * padding (which is the end token) are ignored, the end token that closes the answer is learned.
 */
export function collatePairs(rows: readonly EncodedPair[], B: number, T: number, endId: number): LmBatch {
  const inputIds = new Int32Array(B * T).fill(endId)
  const labels = new Int32Array(B * T).fill(IGNORE)
  rows.forEach(({ ids, promptLength }, b) => {
    for (let t = 0; t + 1 < ids.length && t < T; t++) {
      inputIds[b * T + t] = ids[t]!
      if (t + 1 >= promptLength) labels[b * T + t] = ids[t + 1]!
    }
  })
  return { inputIds, labels }
}
