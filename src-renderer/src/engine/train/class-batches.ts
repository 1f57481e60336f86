import type { ClassificationBatch } from '@engine/model/session.ts'
import { IGNORE } from './batches.ts'

/** A text as ids (at least one) and its class. */
export interface LabelledRow {
  ids: ArrayLike<number>
  label: number
}

/**
 * (B, T) inputs of up to B texts, each cut to T ids at the end and padded with `padId`; rows that are missing count as padding with
 * an ignored label.
 */
export function collateTexts(rows: readonly LabelledRow[], B: number, T: number, padId: number): ClassificationBatch {
  const inputIds = new Int32Array(B * T).fill(padId)
  const lastIndex = new Int32Array(B)
  const labels = new Int32Array(B).fill(IGNORE)
  rows.forEach(({ ids, label }, b) => {
    const length = Math.min(ids.length, T)
    for (let t = 0; t < length; t++) inputIds[b * T + t] = ids[t]!
    lastIndex[b] = Math.max(0, length - 1)
    labels[b] = label
  })
  return { inputIds, lastIndex, labels }
}
