/** Words up to this length are their own key; of longer ones the key is a hash, and their bytes are compared. */
const KEY_BYTES = 8
/** Which of the first and the second four bytes belong to a word of each length. */
const LOW_MASK = Int32Array.from({ length: KEY_BYTES + 1 }, (_, length) => (length < 4 ? (1 << (8 * length)) - 1 : -1))
const HIGH_MASK = Int32Array.from({ length: KEY_BYTES + 1 }, (_, length) =>
  length <= 4 ? 0 : length === KEY_BYTES ? -1 : (1 << (8 * (length - 4))) - 1,
)

/** View over the bytes of an array, for {@link WordTable.find}: one for many look-ups. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * A set of byte strings with numbers 0, 1, 2, … in order of arrival: open addressing over one byte arena, typed arrays only, so
 * that a look-up makes no garbage. Equal input gives equal numbers. Nineteen of twenty English words are short enough that a look-up
 * reads eight bytes at once and one slot.
 */
export class WordTable {
  /** Number of words. */
  size = 0
  /** Slot i, at 4i: bytes 0 to 3 | bytes 4 to 7 (of longer words: a hash) | length, 0 when empty | number. */
  private slots: Int32Array
  private mask: number
  /** Start of each word in the arena, and one more: where the next will start. */
  private starts = new Uint32Array((1 << 11) + 1)
  private arena = new Uint8Array(1 << 14)
  private missed = { low: 0, high: 0, slot: 0 }

  /** @param expected number of words for which there is room from the start */
  constructor(expected = 1 << 11) {
    let slots = 16
    while (slots < expected * 2) slots *= 2
    this.slots = new Int32Array(4 * slots)
    this.mask = slots - 1
  }

  /**
   * The number of the word `bytes[start, end)`, start < end, or -1 when it is not in the table; the table then stands ready to
   * {@link add} it.
   * @param view {@link viewOf} the same bytes
   */
  find(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const length = end - start
    let low: number
    let high: number
    if (length > KEY_BYTES) {
      low = view.getInt32(start, true)
      high = hashOfLong(view, start, end)
    } else if (start + KEY_BYTES <= bytes.length) {
      low = view.getInt32(start, true) & LOW_MASK[length]!
      high = view.getInt32(start + 4, true) & HIGH_MASK[length]!
    } else {
      low = packed(bytes, start, Math.min(length, 4))
      high = packed(bytes, start + 4, length - 4)
    }
    const { slots, mask } = this
    let slot = hashOf(low, high, length) & mask
    for (;;) {
      const at = 4 * slot
      const held = slots[at + 2]!
      if (held === 0) break
      if (slots[at] === low && slots[at + 1] === high && held === length) {
        const word = slots[at + 3]!
        if (length <= KEY_BYTES || this.isWord(word, bytes, start, length)) return word
      }
      slot = (slot + 1) & mask
    }
    const { missed } = this
    missed.low = low
    missed.high = high
    missed.slot = slot
    return -1
  }

  /** Adds the word that {@link find} has just missed and returns its number. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const word = this.size++
    const from = this.starts[word]!
    const to = from + end - start
    if (to > 0xffff_ffff) throw new RangeError('word table: more than 4 GiB of distinct words')
    if (to > this.arena.length) this.arena = grown(this.arena, Math.max(to, this.arena.length * 2))
    for (let i = start, j = from; i < end; i++, j++) this.arena[j] = bytes[i]!
    if (word + 2 > this.starts.length) this.starts = grown(this.starts, this.starts.length * 2)
    this.starts[word + 1] = to
    const { slots, missed } = this
    const at = 4 * missed.slot
    slots[at] = missed.low
    slots[at + 1] = missed.high
    slots[at + 2] = end - start
    slots[at + 3] = word
    if (this.size * 2 > this.mask) this.rehash()
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
    this.slots.fill(0)
  }

  private isWord(word: number, bytes: Uint8Array, start: number, length: number): boolean {
    const { arena } = this
    const from = this.starts[word]!
    let i = 0
    while (i < length && arena[from + i] === bytes[start + i]) i++
    return i === length
  }

  private rehash(): void {
    const old = this.slots
    const slots = new Int32Array(old.length * 4)
    const mask = slots.length / 4 - 1
    for (let from = 0; from < old.length; from += 4) {
      if (old[from + 2] === 0) continue
      let slot = hashOf(old[from]!, old[from + 1]!, old[from + 2]!) & mask
      while (slots[4 * slot + 2] !== 0) slot = (slot + 1) & mask
      for (let i = 0; i < 4; i++) slots[4 * slot + i] = old[from + i]!
    }
    this.slots = slots
    this.mask = mask
  }
}

function hashOf(low: number, high: number, length: number): number {
  const hash = Math.imul(low ^ Math.imul(high ^ length, 0x9e3779b1 | 0), 0x85ebca6b | 0)
  return hash ^ (hash >>> 15)
}

/** Over all bytes from the fifth on, four at a time; the last four may overlap those before. */
function hashOfLong(view: DataView, start: number, end: number): number {
  let hash = 0
  for (let i = start + 4; i < end - 4; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), 0x85ebca6b | 0)
    hash ^= hash >>> 13
  }
  return Math.imul(hash ^ view.getInt32(end - 4, true), 0x9e3779b1 | 0)
}

/** Up to four bytes as one little-endian number, for words so near the end that eight bytes cannot be read. */
function packed(bytes: Uint8Array, start: number, length: number): number {
  let value = 0
  for (let i = 0; i < length; i++) value |= bytes[start + i]! << (8 * i)
  return value
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
