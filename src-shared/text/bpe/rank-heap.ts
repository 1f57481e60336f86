/**
 * A binary min-heap of (rank, position), lowest rank first and lowest position among equals. Both lie in one double (rank * 2^32 +
 * position), so that an entry costs eight bytes and one comparison. Ranks below 2^21, positions below 2^32.
 */
export class RankHeap {
  /** The entry taken last. */
  rank = 0
  position = 0
  private readonly keys: Float64Array
  private size = 0

  /** @param capacity most entries ever held at once */
  constructor(capacity: number) {
    this.keys = new Float64Array(capacity)
  }

  push(rank: number, position: number): void {
    const { keys } = this
    const key = rank * 0x1_0000_0000 + position
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (keys[parent]! <= key) break
      keys[at] = keys[parent]!
      at = parent
    }
    keys[at] = key
  }

  /** Moves the least entry to `rank` and `position`; false when there is none. */
  pop(): boolean {
    if (this.size === 0) return false
    const { keys } = this
    const top = keys[0]!
    this.rank = Math.floor(top / 0x1_0000_0000)
    this.position = top - this.rank * 0x1_0000_0000
    const size = --this.size
    const key = keys[size]!
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && keys[child + 1]! < keys[child]!) child++
      if (keys[child]! >= key) break
      keys[at] = keys[child]!
      at = child
    }
    keys[at] = key
    return true
  }
}
