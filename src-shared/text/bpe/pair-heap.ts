import { grown } from './word-table.ts'

/** A max-heap of pair numbers by count; `isFirst(a, b)` says which of two equally frequent pairs comes first. */
export class PairHeap {
  /** The entry taken last. */
  count = 0
  pair = 0
  private size = 0
  private counts = new Float64Array(1 << 12)
  private pairs = new Int32Array(1 << 12)

  constructor(private readonly isFirst: (a: number, b: number) => boolean) {}

  push(count: number, pair: number): void {
    if (this.size === this.counts.length) {
      this.counts = grown(this.counts, this.size * 2)
      this.pairs = grown(this.pairs, this.size * 2)
    }
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.isBefore(count, pair, parent)) break
      this.set(at, this.counts[parent]!, this.pairs[parent]!)
      at = parent
    }
    this.set(at, count, pair)
  }

  /** Moves the first entry to `count` and `pair`; false when there is none. */
  pop(): boolean {
    if (this.size === 0) return false
    this.count = this.counts[0]!
    this.pair = this.pairs[0]!
    const size = --this.size
    const count = this.counts[size]!
    const pair = this.pairs[size]!
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && this.isBefore(this.counts[child + 1]!, this.pairs[child + 1]!, child)) child++
      if (this.isBefore(count, pair, child)) break
      this.set(at, this.counts[child]!, this.pairs[child]!)
      at = child
    }
    this.set(at, count, pair)
    return true
  }

  private isBefore(count: number, pair: number, other: number): boolean {
    const otherCount = this.counts[other]!
    return count > otherCount || (count === otherCount && this.isFirst(pair, this.pairs[other]!))
  }

  private set(at: number, count: number, pair: number): void {
    this.counts[at] = count
    this.pairs[at] = pair
  }
}
