import { grown } from './word-table.ts'

/** A max-heap of counted pairs: highest count first, then lowest left id, then lowest right id. */
export class PairHeap {
  /** The entry taken last. */
  count = 0
  pair = 0
  private size = 0
  private counts = new Float64Array(1 << 12)
  /** left * 2^16 + right, as a number of its own: a double orders all of them, int32 would not. */
  private keys = new Float64Array(1 << 12)
  private pairs = new Int32Array(1 << 12)

  push(count: number, left: number, right: number, pair: number): void {
    if (this.size === this.counts.length) {
      this.counts = grown(this.counts, this.size * 2)
      this.keys = grown(this.keys, this.size * 2)
      this.pairs = grown(this.pairs, this.size * 2)
    }
    const key = left * 65_536 + right
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.isBefore(count, key, parent)) break
      this.move(parent, at)
      at = parent
    }
    this.set(at, count, key, pair)
  }

  /** Moves the first entry to `count` and `pair`; false when there is none. */
  pop(): boolean {
    if (this.size === 0) return false
    this.count = this.counts[0]!
    this.pair = this.pairs[0]!
    const size = --this.size
    const count = this.counts[size]!
    const key = this.keys[size]!
    const pair = this.pairs[size]!
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && this.isBefore(this.counts[child + 1]!, this.keys[child + 1]!, child)) child++
      if (this.isBefore(count, key, child)) break
      this.move(child, at)
      at = child
    }
    this.set(at, count, key, pair)
    return true
  }

  private isBefore(count: number, key: number, other: number): boolean {
    const difference = count - this.counts[other]!
    return difference > 0 || (difference === 0 && key < this.keys[other]!)
  }

  private move(from: number, to: number): void {
    this.set(to, this.counts[from]!, this.keys[from]!, this.pairs[from]!)
  }

  private set(at: number, count: number, key: number, pair: number): void {
    this.counts[at] = count
    this.keys[at] = key
    this.pairs[at] = pair
  }
}
