import { fitPairs, type EncodedPair } from '@engine/train/instruct-batches.ts'
import { fittingLength } from '@engine/train/rows.ts'

/** What training will make of a set of records at one context: the same count that the trainer makes. */
export interface RecordAudit {
  total: number
  /** Records that are trained on, whole or cut. */
  usable: number
  /** Cut at the end to fit the context, with something left to learn. */
  cut: number
  /** Left out: the cut took everything there is to learn. */
  nothing: number
  /** Share of records that lose something, 0 .. 1. */
  lostShare: number
  /** Tokens of the longest record as it is trained on. */
  longest: number
  /** Tokens for characters that the vocabulary lacks, and all tokens. */
  unknown: number
  tokens: number
}

/** More than this share lost has to be acknowledged. */
export const MOST_LOST = 0.05

/** Audit of instruction pairs (prompt, answer, end token) at a context of `context` tokens. */
export function auditPairs(pairs: readonly EncodedPair[], context: number, unknownId: number | null): RecordAudit {
  const longest = fittingLength(
    pairs.map((pair) => pair.ids.length - 1),
    context,
  )
  const { rows, truncated, dropped } = fitPairs(pairs, longest)
  return {
    ...counts(pairs.length, truncated - dropped, dropped),
    usable: rows.length,
    longest,
    ...unknownOf(
      pairs.map((pair) => pair.ids),
      unknownId,
    ),
  }
}

/** Audit of texts to sort. A cut text is still trained on. */
export function auditTexts(texts: readonly number[][], context: number, unknownId: number | null): RecordAudit {
  const longest = fittingLength(
    texts.map((ids) => ids.length),
    context,
  )
  const cut = texts.filter((ids) => ids.length > longest).length
  return { ...counts(texts.length, cut, 0), usable: texts.length, longest, ...unknownOf(texts, unknownId) }
}

function counts(total: number, cut: number, nothing: number) {
  return { total, cut, nothing, lostShare: total === 0 ? 0 : (cut + nothing) / total }
}

function unknownOf(rows: readonly number[][], unknownId: number | null) {
  let tokens = 0
  let unknown = 0
  for (const ids of rows) {
    tokens += ids.length
    if (unknownId !== null) for (const id of ids) if (id === unknownId) unknown++
  }
  return { tokens, unknown }
}
