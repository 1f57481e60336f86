import type { BpeVocabulary } from '@shared/text/bpe/vocabulary.ts'
import { pretokenEnd } from '@shared/text/pretokenize.ts'

/** Longest text that is replayed, characters: a sentence or two. */
export const REPLAY_CHARACTERS = 240

/** The merges of a vocabulary, looked up by the pair they join. */
export interface MergeTable {
  vocabulary: BpeVocabulary
  rankOf: ReadonlyMap<number, number>
}

const PAIR = 0x10000

export function mergeTable(vocabulary: BpeVocabulary): MergeTable {
  const rankOf = new Map<number, number>()
  vocabulary.left.forEach((left, rank) => rankOf.set(left * PAIR + (vocabulary.right[rank] ?? 0), rank))
  return { vocabulary, rankOf }
}

/** Tokens of a text with only the first `limit` merges learned, as ids, and the ranks of the merges that were used. */
function encodeWith(
  { vocabulary, rankOf }: MergeTable,
  text: string,
  limit: number,
): { ids: number[]; used: Set<number> } {
  const bytes = new TextEncoder().encode(text)
  const ids: number[] = []
  const used = new Set<number>()
  for (let start = 0; start < bytes.length;) {
    const end = pretokenEnd(bytes, start, bytes.length)
    const word = Array.from(bytes.subarray(start, end), (byte) => vocabulary.idOfByte[byte] ?? 0)
    for (;;) {
      let best = limit
      let at = -1
      for (let i = 0; i + 1 < word.length; i++) {
        const rank = rankOf.get(word[i]! * PAIR + word[i + 1]!)
        if (rank !== undefined && rank < best) {
          best = rank
          at = i
        }
      }
      if (at < 0) break
      word.splice(at, 2, vocabulary.result[best]!)
      used.add(best)
    }
    ids.push(...word)
    start = end
  }
  return { ids, used }
}

/** The ranks of the merges that change something in the text, ascending. */
export function replaySteps(table: MergeTable, text: string): number[] {
  return [...encodeWith(table, text, Infinity).used].sort((a, b) => a - b)
}

export interface ReplayState {
  /** Tokens once the first so many merges are learned. */
  ids: number[]
  /** The id that the newest of these merges makes; null before the first. */
  newest: number | null
}

/** The text as a tokenizer would cut it that had stopped learning after `merges` merges. */
export function replayAt(table: MergeTable, text: string, merges: number): ReplayState {
  const newest = merges > 0 ? (table.vocabulary.result[merges - 1] ?? null) : null
  return { ids: encodeWith(table, text, merges).ids, newest }
}

/** The number of merges to go to for the next (or the previous) change of the text; the end (or 0) when there is none. */
export function nextChange(steps: readonly number[], merges: number, total: number): number {
  const next = steps.find((rank) => rank + 1 > merges)
  return next === undefined ? total : next + 1
}
export function previousChange(steps: readonly number[], merges: number): number {
  const before = steps.findLast((rank) => rank + 1 < merges)
  return before === undefined ? 0 : before + 1
}
