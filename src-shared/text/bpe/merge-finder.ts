import { PairHeap } from './pair-heap.ts'
import { PairTable } from './pair-table.ts'
import { grown, type WordTable } from './word-table.ts'

const NONE = -1

/**
 * Hugging Face's `BpeTrainer` takes the pair with the lowest ids; Stanford CS336's first assignment takes the pair whose bytes
 * compare greatest.
 */
export type TieBreak = 'lowest-ids' | 'greatest-bytes'

/**
 * Finds the next merge again and again over a set of counted words. All words lie end to end in one array of symbols; the places
 * where a pair stands form a linked list through `nextPlace`, so that a merge touches exactly those places, however long the words
 * are. Counts are exact at every step.
 */
export class MergeFinder {
  /** Token at each place; NONE between words and where a symbol was merged into the one before. */
  private readonly symbols: Int32Array
  private readonly nextSymbol: Int32Array
  private readonly previousSymbol: Int32Array
  private readonly wordAt: Int32Array
  /** Pair number that starts at each place, and its list. */
  private readonly pairAt: Int32Array
  private readonly nextPlace: Int32Array
  private readonly previousPlace: Int32Array
  private readonly pairs = new PairTable(1 << 12)
  private left = new Uint16Array(1 << 12)
  private right = new Uint16Array(1 << 12)
  private count = new Float64Array(1 << 12)
  private firstPlace = new Int32Array(1 << 12)
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
    private readonly counts: Float64Array,
    idOfByte: Uint8Array,
    private readonly minFrequency: number,
    private readonly tieBreak: TieBreak,
  ) {
    this.heap = new PairHeap(
      tieBreak === 'lowest-ids' ? (a, b) => this.hasLowerIds(a, b) : (a, b) => this.isGreater(a, b),
    )
    idOfByte.forEach((id, byte) => (this.tokens[id] = Uint8Array.of(byte)))
    const places = words.totalBytes
    this.symbols = new Int32Array(places)
    this.nextSymbol = new Int32Array(places)
    this.previousSymbol = new Int32Array(places)
    this.wordAt = new Int32Array(places)
    this.pairAt = new Int32Array(places).fill(NONE)
    this.nextPlace = new Int32Array(places)
    this.previousPlace = new Int32Array(places)
    let place = 0
    for (let word = 0; word < words.size; word++) {
      const bytes = words.bytesOf(word)
      for (let i = 0; i < bytes.length; i++, place++) {
        this.symbols[place] = idOfByte[bytes[i]!]!
        this.wordAt[place] = word
        this.previousSymbol[place] = i > 0 ? place - 1 : NONE
        this.nextSymbol[place] = i + 1 < bytes.length ? place + 1 : NONE
      }
    }
    for (place = 0; place < places; place++) this.link(place)
    this.offer(0)
  }

  /** The pair to merge next, already merged, or null when no pair is frequent enough. */
  next(): [number, number] | null {
    const { heap } = this
    while (heap.pop()) {
      const { pair, count } = heap
      const now = this.count[pair]!
      if (now !== count) {
        // A stale entry: other merges took some of its places since.
        if (now >= this.minFrequency) heap.push(now, pair)
        continue
      }
      const merge: [number, number] = [this.left[pair]!, this.right[pair]!]
      if (this.tieBreak === 'greatest-bytes') {
        this.tokens.push(Uint8Array.of(...this.tokens[merge[0]]!, ...this.tokens[merge[1]]!))
      }
      this.mergeEverywhere(pair, this.nextId++)
      return merge
    }
    return null
  }

  private mergeEverywhere(pair: number, id: number): void {
    const { symbols, nextSymbol, previousSymbol } = this
    const pairsBefore = this.pairs.size
    for (const place of this.placesOf(pair)) {
      // In "aaa" the second pair went away with the first.
      if (this.pairAt[place] !== pair) continue
      const gone = nextSymbol[place]!
      const before = previousSymbol[place]!
      const after = nextSymbol[gone]!
      this.unlink(place)
      this.unlink(gone)
      if (before >= 0) this.unlink(before)
      symbols[place] = id
      symbols[gone] = NONE
      nextSymbol[place] = after
      if (after >= 0) previousSymbol[after] = place
      nextSymbol[gone] = NONE
      this.link(place)
      if (before >= 0) this.link(before)
    }
    // Every pair first met now holds the new token, and no other pair can have grown.
    this.offer(pairsBefore)
  }

  /** Places of a pair. Those of a doubled symbol may overlap and must be taken from the left; the rest may come in any order. */
  private placesOf(pair: number): Int32Array {
    let length = 0
    for (let place = this.firstPlace[pair]!; place !== NONE; place = this.nextPlace[place]!) length++
    const places = new Int32Array(length)
    let i = 0
    for (let place = this.firstPlace[pair]!; place !== NONE; place = this.nextPlace[place]!) places[i++] = place
    return this.left[pair] === this.right[pair] ? places.sort() : places
  }

  /** Enters the pair that starts at `place`, if a symbol follows, in its list and count. */
  private link(place: number): void {
    const following = this.nextSymbol[place]!
    if (following === NONE) return
    const pair = this.numberOf(this.symbols[place]!, this.symbols[following]!)
    const first = this.firstPlace[pair]!
    this.pairAt[place] = pair
    this.nextPlace[place] = first
    this.previousPlace[place] = NONE
    if (first !== NONE) this.previousPlace[first] = place
    this.firstPlace[pair] = place
    this.count[pair]! += this.counts[this.wordAt[place]!]!
  }

  private unlink(place: number): void {
    const pair = this.pairAt[place]!
    if (pair === NONE) return
    const previous = this.previousPlace[place]!
    const next = this.nextPlace[place]!
    if (previous === NONE) this.firstPlace[pair] = next
    else this.nextPlace[previous] = next
    if (next !== NONE) this.previousPlace[next] = previous
    this.pairAt[place] = NONE
    this.count[pair]! -= this.counts[this.wordAt[place]!]!
  }

  private numberOf(left: number, right: number): number {
    const known = this.pairs.get(left, right)
    if (known >= 0) return known
    const pair = this.pairs.size
    if (pair === this.left.length) {
      this.left = grown(this.left, pair * 2)
      this.right = grown(this.right, pair * 2)
      this.count = grown(this.count, pair * 2)
      this.firstPlace = grown(this.firstPlace, pair * 2)
    }
    this.pairs.add(left, right, pair)
    this.left[pair] = left
    this.right[pair] = right
    this.firstPlace[pair] = NONE
    return pair
  }

  private hasLowerIds(a: number, b: number): boolean {
    const difference = this.left[a]! - this.left[b]!
    return difference < 0 || (difference === 0 && this.right[a]! < this.right[b]!)
  }

  private isGreater(a: number, b: number): boolean {
    const left = compareBytes(this.tokens[this.left[a]!]!, this.tokens[this.left[b]!]!)
    return left > 0 || (left === 0 && compareBytes(this.tokens[this.right[a]!]!, this.tokens[this.right[b]!]!) > 0)
  }

  private offer(from: number): void {
    for (let pair = from; pair < this.pairs.size; pair++) {
      const count = this.count[pair]!
      if (count >= this.minFrequency) this.heap.push(count, pair)
    }
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}
