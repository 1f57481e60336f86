/** Ids below 65,536 fit two to a key, and tokens fit two bytes on disk. */
export const MAX_VOCAB = 65_536

/**
 * A map from a pair of token ids (each below {@link MAX_VOCAB}) to a number >= 0. Keys are int32 and lie beside their values in one
 * typed array: an unsigned key would turn into a heap number.
 */
export class PairTable {
  size = 0
  private mask: number
  /** Slot i: key at 2i, value + 1 at 2i + 1 (0 marks an empty slot). */
  private table: Int32Array

  constructor(expected: number) {
    let slots = 16
    while (slots < expected * 2) slots *= 2
    this.mask = slots - 1
    this.table = new Int32Array(slots * 2)
  }

  /** The number of a pair, or -1. */
  get(left: number, right: number): number {
    const key = (left << 16) | right
    const { table, mask } = this
    let slot = hashKey(key) & mask
    for (;;) {
      const value = table[2 * slot + 1]!
      if (value === 0 || table[2 * slot] === key) return value - 1
      slot = (slot + 1) & mask
    }
  }

  /** Stores a number for a pair that is not in the table. */
  add(left: number, right: number, value: number): void {
    if (this.size * 2 > this.mask) this.grow()
    this.size++
    this.place((left << 16) | right, value + 1)
  }

  private place(key: number, stored: number): void {
    let slot = hashKey(key) & this.mask
    while (this.table[2 * slot + 1] !== 0) slot = (slot + 1) & this.mask
    this.table[2 * slot] = key
    this.table[2 * slot + 1] = stored
  }

  private grow(): void {
    const old = this.table
    this.table = new Int32Array(old.length * 2)
    this.mask = this.table.length / 2 - 1
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== 0) this.place(old[i]!, old[i + 1]!)
  }
}

function hashKey(key: number): number {
  const mixed = Math.imul(key ^ (key >>> 15), 0x2c1b3c6d)
  return mixed ^ (mixed >>> 13)
}
