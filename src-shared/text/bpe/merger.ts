import { RankHeap } from './rank-heap.ts'
import { PairTable } from './pair-table.ts'
import type { BpeVocabulary } from './vocabulary.ts'

const NONE = 0x7fff_ffff
/** Words up to this length are merged by looking for the lowest rank again and again, which is faster there than a heap. */
const SCAN_LIMIT = 128

/** Applies the merges of a vocabulary to single pre-tokens. Exact: always the lowest rank first, leftmost among equals. */
export class Merger {
  /** Symbols looked at so far: a measure of work that a test can hold against the length of the input. */
  work = 0
  private readonly ranks: PairTable
  /** Rank of every pair of bytes, by first byte * 256 + second: most look-ups are for one, and this table is small and has no chains. */
  private readonly byteRanks = new Int32Array(1 << 16)
  private ids = new Int32Array(SCAN_LIMIT)
  private rankAt = new Int32Array(SCAN_LIMIT)

  constructor(private readonly vocabulary: BpeVocabulary) {
    const { left, right } = vocabulary
    this.ranks = new PairTable(left.length)
    for (let rank = 0; rank < left.length; rank++) {
      if (this.ranks.get(left[rank]!, right[rank]!) < 0) this.ranks.add(left[rank]!, right[rank]!, rank)
    }
    const { idOfByte } = vocabulary
    for (let i = 0; i < 1 << 16; i++) this.byteRanks[i] = this.rankOf(idOfByte[i >> 8]!, idOfByte[i & 255]!)
  }

  private rankOf(left: number, right: number): number {
    const rank = this.ranks.get(left, right)
    return rank < 0 ? NONE : rank
  }

  /** Writes the token ids of the pre-token `bytes[start, end)` to `out` from `at` on; returns where they end. */
  merge(bytes: Uint8Array, start: number, end: number, out: Uint16Array, at: number): number {
    const length = end - start
    if (length > this.ids.length) {
      this.ids = new Int32Array(length)
      this.rankAt = new Int32Array(length)
    }
    const { ids, rankAt, byteRanks } = this
    const { idOfByte } = this.vocabulary
    for (let i = 0; i < length; i++) ids[i] = idOfByte[bytes[start + i]!]!
    for (let i = 0; i + 1 < length; i++) rankAt[i] = byteRanks[(bytes[start + i]! << 8) | bytes[start + i + 1]!]!
    this.work += length
    const kept = length <= SCAN_LIMIT ? this.mergeByScan(length) : this.mergeByHeap(length)
    for (let i = 0; i < kept; i++) out[at + i] = ids[i]!
    return at + kept
  }

  /** Merges the first `length` of `ids` in place; returns how many remain. */
  private mergeByScan(length: number): number {
    const { ids, rankAt } = this
    const { result } = this.vocabulary
    for (;;) {
      let best = NONE
      let at = -1
      for (let i = 0; i + 1 < length; i++) {
        if (rankAt[i]! < best) {
          best = rankAt[i]!
          at = i
        }
      }
      this.work += length
      if (at < 0) return length
      ids[at] = result[best]!
      length--
      for (let i = at + 1; i < length; i++) {
        ids[i] = ids[i + 1]!
        rankAt[i] = rankAt[i + 1]!
      }
      if (at > 0) rankAt[at - 1] = this.rankOf(ids[at - 1]!, ids[at]!)
      if (at + 1 < length) rankAt[at] = this.rankOf(ids[at]!, ids[at + 1]!)
    }
  }

  /** The same by a heap over a linked list: a line of a million characters without a blank must not take quadratic time. */
  private mergeByHeap(length: number): number {
    const { ids, rankAt } = this
    const { result } = this.vocabulary
    const next = new Int32Array(length)
    const previous = new Int32Array(length)
    const heap = new RankHeap(2 * length)
    for (let i = 0; i < length; i++) {
      next[i] = i + 1
      previous[i] = i - 1
      if (i + 1 < length && rankAt[i] !== NONE) heap.push(rankAt[i]!, i)
    }
    rankAt[length - 1] = NONE
    const rate = (i: number) => {
      rankAt[i] = next[i]! < length ? this.rankOf(ids[i]!, ids[next[i]!]!) : NONE
      if (rankAt[i] !== NONE) heap.push(rankAt[i]!, i)
    }
    while (heap.pop()) {
      this.work++
      const { rank, position: i } = heap
      // What was pushed before a neighbour changed is stale.
      if (rankAt[i] !== rank) continue
      const gone = next[i]!
      ids[i] = result[rank]!
      next[i] = next[gone]!
      if (next[gone]! < length) previous[next[gone]!] = i
      rankAt[gone] = NONE
      rate(i)
      if (previous[i]! >= 0) rate(previous[i]!)
    }
    let kept = 0
    for (let i = 0; i < length; i = next[i]!) ids[kept++] = ids[i]!
    return kept
  }
}
