/** What the two hashes of a fingerprint begin with, and their factors (after cyrb53 by bryc, public domain). */
export const PRINT = { a: 0xdeadbeef | 0, b: 0x41c6ce57, factorA: 0x9e3779b1 | 0, factorB: 0x5f356495 } as const

/** The upper and the lower half of a fingerprint, from the two hashes over all bytes. */
export const printHigh = (a: number, b: number): number =>
  Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
export const printLow = (b: number, high: number): number =>
  Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)

const encoder = new TextEncoder()
let buffer = new Uint8Array(4096)

/** Two independent 32-bit hashes of a text's UTF-8 bytes. */
export function fingerprint(text: string): { high: number; low: number } {
  // A UTF-16 unit takes three bytes at most.
  if (text.length * 3 > buffer.length) buffer = new Uint8Array(text.length * 3)
  const { written } = encoder.encodeInto(text, buffer)
  let a: number = PRINT.a
  let b: number = PRINT.b
  for (let i = 0; i < written; i++) {
    const byte = buffer[i] as number
    a = Math.imul(a ^ byte, PRINT.factorA)
    b = Math.imul(b ^ byte, PRINT.factorB)
  }
  const high = printHigh(a, b)
  return { high, low: printLow(b, high) }
}

/**
 * A set of texts that holds 64 bits of each: 12 to 24 bytes a text whatever its length. Among ten million texts, two are taken for the
 * same by chance with a probability of 3 in a million (n² / 2^65).
 */
export class FingerprintSet {
  private slots = new Int32Array(2 * 1024)
  private count = 0
  /** Whether the pair (0, 0), which marks an empty slot, is in the set. */
  private hasZero = false

  /** Texts in the set. */
  get size(): number {
    return this.count
  }

  /** Whether the text was new; it is in the set from then on. */
  add(text: string): boolean {
    const { high, low } = fingerprint(text)
    return this.addPrint(high, low)
  }

  /** {@link add} by the text's {@link fingerprint}. */
  addPrint(high: number, low: number): boolean {
    if ((high | low) === 0) {
      const isNew = !this.hasZero
      this.hasZero = true
      if (isNew) this.count++
      return isNew
    }
    // Two numbers a slot: at most two thirds of the slots are taken.
    if (this.count * 3 >= this.slots.length) this.grow()
    const at = this.find(this.slots, high, low)
    if (this.slots[at] !== 0 || this.slots[at + 1] !== 0) return false
    this.slots[at] = high
    this.slots[at + 1] = low
    this.count++
    return true
  }

  has(text: string): boolean {
    const { high, low } = fingerprint(text)
    if ((high | low) === 0) return this.hasZero
    const at = this.find(this.slots, high, low)
    return this.slots[at] !== 0 || this.slots[at + 1] !== 0
  }

  /** Where the pair stands, or the empty slot where it would. */
  private find(slots: Int32Array, high: number, low: number): number {
    const mask = slots.length - 1
    let at = (low << 1) & mask
    while (slots[at] !== 0 || slots[at + 1] !== 0) {
      if (slots[at] === high && slots[at + 1] === low) return at
      at = (at + 2) & mask
    }
    return at
  }

  private grow(): void {
    const old = this.slots
    this.slots = new Int32Array(old.length * 2)
    for (let i = 0; i < old.length; i += 2) {
      const high = old[i] as number
      const low = old[i + 1] as number
      if (high === 0 && low === 0) continue
      const at = this.find(this.slots, high, low)
      this.slots[at] = high
      this.slots[at + 1] = low
    }
  }
}
