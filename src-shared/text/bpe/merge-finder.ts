import { PairHeap } from './pair-heap.ts'
import { PairList } from './pair-list.ts'
import { MAX_VOCAB } from './pair-table.ts'
import type { WordTable } from './word-table.ts'

const NONE = -1
/** Most that one word counts; a text would need more than 2 GiB to reach it. */
const MOST = 0x7fff_ffff

/** Fields of a place: see {@link MergeFinder}. */
const [SYMBOL, START, PAIR, COUNT] = [0, 1, 2, 3] as const

/**
 * Hugging Face's `BpeTrainer` takes the pair with the lowest ids; Stanford CS336's first assignment takes the pair whose bytes
 * compare greatest.
 */
export type TieBreak = 'lowest-ids' | 'greatest-bytes'

/**
 * Finds the next merge again and again over a set of counted words. All words lie end to end, one place a byte and an empty one
 * around each word; a symbol of several bytes stands at its first place. Merging a pair touches exactly the places where it stands,
 * however long the words are, and a place is one row of 16 bytes, since the places of a pair lie far apart. Counts are exact at every step.
 *
 * Row: token id (NONE where no symbol begins) | at the last place of a symbol: its first place | pair that begins here | count of the word.
 */
export class MergeFinder {
  /** Places looked at so far: a measure of work that a test can hold against the length of the input. */
  work = 0
  private readonly rows: Int32Array
  private readonly pairs = new PairList()
  /** Bytes of each token. */
  private readonly lengths = new Int32Array(MAX_VOCAB).fill(1, 0, 256)
  /** Pairs that the newest token forms with the symbol before and behind it: no other pair can be new. */
  private readonly pairWithBefore = new Int32Array(MAX_VOCAB).fill(NONE)
  private readonly pairWithAfter = new Int32Array(MAX_VOCAB).fill(NONE)
  private readonly heap: PairHeap
  private nextId = 256
  /** Bytes of every token, kept only where ties are broken by them. */
  private readonly tokens: Uint8Array[] = []

  /**
   * @param counts how often each word of `words` was seen
   * @param idOfByte token id of each byte; merged tokens are numbered from 256 on
   * @param minFrequency pairs seen less often are never merged
   * @param tieBreak which of several equally frequent pairs is merged first
   */
  constructor(
    words: WordTable,
    counts: Float64Array,
    idOfByte: Uint8Array,
    private readonly minFrequency: number,
    private readonly tieBreak: TieBreak,
  ) {
    this.heap = new PairHeap(
      tieBreak === 'lowest-ids' ? (a, b) => this.hasLowerIds(a, b) : (a, b) => this.isGreater(a, b),
    )
    idOfByte.forEach((id, byte) => (this.tokens[id] = Uint8Array.of(byte)))
    this.rows = new Int32Array(4 * (words.totalBytes + words.size + 1)).fill(NONE)
    this.place(words, counts, idOfByte)
    this.offer(0)
  }

  /** The pair to merge next, already merged, or null when no pair is frequent enough. */
  next(): [number, number] | null {
    const { heap, pairs } = this
    while (heap.pop()) {
      const { pair, count } = heap
      const now = pairs.count[pair]!
      if (now !== count) {
        // A stale entry: other merges took some of its places since.
        if (now >= this.minFrequency) heap.push(now, pair)
        continue
      }
      const merge: [number, number] = [pairs.left[pair]!, pairs.right[pair]!]
      if (this.tieBreak === 'greatest-bytes') {
        this.tokens.push(Uint8Array.of(...this.tokens[merge[0]]!, ...this.tokens[merge[1]]!))
      }
      this.mergeEverywhere(pair, this.nextId++)
      return merge
    }
    return null
  }

  /** Lays out the words and enters the pairs of their bytes. */
  private place(words: WordTable, counts: Float64Array, idOfByte: Uint8Array): void {
    const { rows, pairs } = this
    const pairOfBytes = new Int32Array(1 << 16).fill(NONE)
    let at = 1
    for (let word = 0; word < words.size; word++, at++) {
      const bytes = words.bytesOf(word)
      const count = Math.min(counts[word]!, MOST)
      for (let i = 0; i < bytes.length; i++, at++) {
        const symbol = idOfByte[bytes[i]!]!
        rows[4 * at + SYMBOL] = symbol
        rows[4 * at + START] = at
        rows[4 * at + COUNT] = count
        if (i + 1 === bytes.length) continue
        const following = idOfByte[bytes[i + 1]!]!
        let pair = pairOfBytes[(symbol << 8) | following]!
        if (pair === NONE) pair = pairOfBytes[(symbol << 8) | following] = pairs.create(symbol, following)
        rows[4 * at + PAIR] = pair
        pairs.enter(pair, at, count)
      }
    }
  }

  private mergeEverywhere(pair: number, id: number): void {
    const { rows, pairs, lengths, pairWithBefore, pairWithAfter } = this
    const pairsBefore = pairs.size
    const leftLength = lengths[pairs.left[pair]!]!
    const length = (lengths[id] = leftLength + lengths[pairs.right[pair]!]!)
    const places = pairs.placesOf(pair)
    this.work += places.length
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!
      // The place may have changed since it was entered; in "aaa" the second pair went away with the first.
      if (rows[4 * place + PAIR] !== pair) continue
      const gone = place + leftLength
      const count = rows[4 * place + COUNT]!
      this.leave(place)
      this.leave(gone)
      rows[4 * place + SYMBOL] = id
      rows[4 * gone + SYMBOL] = NONE
      rows[4 * (place + length - 1) + START] = place
      const after = rows[4 * (place + length) + SYMBOL]!
      if (after !== NONE) {
        if (pairWithAfter[after] === NONE) pairWithAfter[after] = pairs.create(id, after)
        this.enter(pairWithAfter[after]!, place, count)
      }
      const before = rows[4 * (place - 1) + START]!
      if (before === NONE) continue
      this.leave(before)
      const symbol = rows[4 * before + SYMBOL]!
      // The newest token before itself is the pair that it forms with the one behind it.
      const known = symbol === id ? pairWithAfter : pairWithBefore
      if (known[symbol] === NONE) known[symbol] = pairs.create(symbol, id)
      this.enter(known[symbol]!, before, count)
    }
    for (let made = pairsBefore; made < pairs.size; made++) {
      pairWithAfter[pairs.right[made]!] = NONE
      pairWithBefore[pairs.left[made]!] = NONE
    }
    this.offer(pairsBefore)
  }

  private enter(pair: number, place: number, count: number): void {
    this.rows[4 * place + PAIR] = pair
    this.pairs.enter(pair, place, count)
  }

  /** Takes a place out of the count of the pair that begins there, if one does. */
  private leave(place: number): void {
    const pair = this.rows[4 * place + PAIR]!
    if (pair === NONE) return
    this.pairs.count[pair]! -= this.rows[4 * place + COUNT]!
    this.rows[4 * place + PAIR] = NONE
  }

  private hasLowerIds(a: number, b: number): boolean {
    const { left, right } = this.pairs
    const difference = left[a]! - left[b]!
    return difference < 0 || (difference === 0 && right[a]! < right[b]!)
  }

  private isGreater(a: number, b: number): boolean {
    const { left, right } = this.pairs
    const difference = compareBytes(this.tokens[left[a]!]!, this.tokens[left[b]!]!)
    return difference > 0 || (difference === 0 && compareBytes(this.tokens[right[a]!]!, this.tokens[right[b]!]!) > 0)
  }

  private offer(from: number): void {
    const { heap, minFrequency } = this
    const { count, size } = this.pairs
    for (let pair = from; pair < size; pair++) if (count[pair]! >= minFrequency) heap.push(count[pair]!, pair)
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}
