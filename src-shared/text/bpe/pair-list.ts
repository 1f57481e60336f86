import { grown } from './word-table.ts'

const NONE = -1
const FIRST_PAIRS = 1 << 14
const FIRST_ENTRIES = 1 << 16

/** Pairs of neighbouring symbols by number, each with its count and every place where it was ever entered. */
export class PairList {
  /** Number of pairs. */
  size = 0
  left = new Uint16Array(FIRST_PAIRS)
  right = new Uint16Array(FIRST_PAIRS)
  count = new Float64Array(FIRST_PAIRS)
  /** Newest entry of each pair. Entries are only ever added; entry i is, at 2i, a place and the entry of the same pair before it. */
  private last = new Int32Array(FIRST_PAIRS)
  private list = new Int32Array(2 * FIRST_ENTRIES)
  private entries = 0
  private found = new Int32Array(FIRST_ENTRIES)

  /** A new pair with no places. */
  create(left: number, right: number): number {
    const pair = this.size++
    if (pair === this.left.length) {
      this.left = grown(this.left, pair * 2)
      this.right = grown(this.right, pair * 2)
      this.count = grown(this.count, pair * 2)
      this.last = grown(this.last, pair * 2)
    }
    this.left[pair] = left
    this.right[pair] = right
    this.last[pair] = NONE
    return pair
  }

  /** Adds a place, which counts `count` times. */
  enter(pair: number, place: number, count: number): void {
    const entry = this.entries++
    if (2 * entry === this.list.length) this.list = grown(this.list, 4 * entry)
    this.list[2 * entry] = place
    this.list[2 * entry + 1] = this.last[pair]!
    this.last[pair] = entry
    this.count[pair]! += count
  }

  /**
   * All places entered, some of which may hold the pair no longer: valid until the next call. Those of a doubled symbol may overlap
   * and come from the left; the rest in any order.
   */
  placesOf(pair: number): Int32Array {
    const { list } = this
    let { found } = this
    let length = 0
    for (let entry = this.last[pair]!; entry !== NONE; entry = list[2 * entry + 1]!) {
      if (length === found.length) found = this.found = grown(found, 2 * length)
      found[length++] = list[2 * entry]!
    }
    const places = found.subarray(0, length)
    return this.left[pair] === this.right[pair] ? places.sort() : places
  }
}
