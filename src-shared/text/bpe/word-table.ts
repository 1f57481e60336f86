/**
 * A set of byte strings with numbers 0, 1, 2, … in order of arrival: open addressing over one byte arena, typed arrays only, so
 * that a look-up makes no garbage. Equal input gives equal numbers.
 */
export class WordTable {
  /** Number of words. */
  size = 0
  private slots = new Int32Array(1 << 12).fill(-1)
  private hashes = new Int32Array(1 << 11)
  /** Start of each word in the arena, and one more: where the next will start. */
  private starts = new Uint32Array((1 << 11) + 1)
  private arena = new Uint8Array(1 << 14)

  /** The number of the word `bytes[start, end)`, or -1 when it is not in the table; the table then stands ready to {@link add} it. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5 | 0
    // FNV-1a; the final shift spreads the high bits over the low ones that pick the slot.
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    hash ^= hash >>> 15
    const { slots, hashes, starts, arena } = this
    const mask = slots.length - 1
    const length = end - start
    let slot = hash & mask
    for (;;) {
      const word = slots[slot]!
      if (word < 0) break
      if (hashes[word] === hash) {
        const from = starts[word]!
        if (starts[word + 1]! - from === length) {
          let i = 0
          while (i < length && arena[from + i] === bytes[start + i]) i++
          if (i === length) return word
        }
      }
      slot = (slot + 1) & mask
    }
    this.missedHash = hash
    this.missedSlot = slot
    return -1
  }

  private missedHash = 0
  private missedSlot = 0

  /** Adds the word that {@link find} has just missed and returns its number. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const word = this.size++
    const from = this.starts[word]!
    const to = from + end - start
    if (to > 0xffff_ffff) throw new RangeError('word table: more than 4 GiB of distinct words')
    if (to > this.arena.length) this.arena = grown(this.arena, Math.max(to, this.arena.length * 2))
    for (let i = start, j = from; i < end; i++, j++) this.arena[j] = bytes[i]!
    if (word + 2 > this.starts.length) {
      this.starts = grown(this.starts, this.starts.length * 2)
      this.hashes = grown(this.hashes, this.hashes.length * 2)
    }
    this.starts[word + 1] = to
    this.hashes[word] = this.missedHash
    this.slots[this.missedSlot] = word
    if (this.size * 2 > this.slots.length) this.rehash()
    return word
  }

  /** The bytes of a word, as a view that the next {@link add} may make stale. */
  bytesOf(word: number): Uint8Array {
    return this.arena.subarray(this.starts[word]!, this.starts[word + 1]!)
  }

  /** Bytes of all words together. */
  get totalBytes(): number {
    return this.starts[this.size]!
  }

  /** Forgets every word and keeps the memory. */
  clear(): void {
    this.size = 0
    this.slots.fill(-1)
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 4).fill(-1)
    const mask = slots.length - 1
    for (let word = 0; word < this.size; word++) {
      let slot = this.hashes[word]! & mask
      while (slots[slot]! >= 0) slot = (slot + 1) & mask
      slots[slot] = word
    }
    this.slots = slots
  }
}

/** A longer copy of a typed array. */
export function grown<T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(
  array: T,
  length: number,
): T {
  const longer = new (array.constructor as new (length: number) => T)(length)
  longer.set(array)
  return longer
}
