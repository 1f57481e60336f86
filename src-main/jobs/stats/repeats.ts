import type { Repeats } from '@shared/contract/statistics.ts'

/** Different hashes remembered at most: 24 MiB. */
const CAPACITY = 1 << 20
const EXAMPLES = 8
/** Bytes of a repeated thing that are kept to show it. */
export const HEAD_BYTES = 160
/** Repeated things whose text is kept while counting. */
const HEADS = 512
const decoder = new TextDecoder()

/** A 64-bit hash as it grows byte by byte: two FNV-1a of 32 bits with different seeds. */
export interface Hash {
  a: number
  b: number
}
export const newHash = (): Hash => ({ a: 0x811c9dc5, b: 0x9747b28c })

/** Takes bytes into the hash. */
export function hashBytes(hash: Hash, bytes: Uint8Array, start = 0, end = bytes.length): void {
  let { a, b } = hash
  for (let i = start; i < end; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193)
    b = Math.imul(b ^ bytes[i]!, 0x01000193) ^ (b >>> 15)
  }
  hash.a = a
  hash.b = b
}

/**
 * Counts what comes more than once, by 64-bit hash, in bounded memory. When the table is full, only hashes whose lowest bits are zero
 * stay and are taken from then on, so that what is left is a fair sample of the different ones (Wegman's adaptive sampling).
 */
export class RepeatCounter {
  private readonly slots: number
  private readonly first: Uint32Array
  private readonly second: Uint32Array
  private readonly counts: Uint32Array
  private readonly heads = new Map<number, string>()
  private used = 0
  /** Low bits of a hash that must be zero for it to be counted. */
  private level = 0
  private seen = 0

  /** @param capacity different hashes remembered; a power of two */
  constructor(private readonly capacity = CAPACITY) {
    this.slots = capacity * 2
    this.first = new Uint32Array(this.slots)
    this.second = new Uint32Array(this.slots)
    this.counts = new Uint32Array(this.slots)
  }

  /** Counts one thing by its hash; `head` is how it begins, asked for only when it repeats. */
  add(hash: Hash, head: () => Uint8Array): void {
    this.seen++
    // Mixed once more: FNV's low bits alone follow the last bytes.
    const a = Math.imul(hash.a ^ (hash.a >>> 16), 0x85ebca6b) >>> 0
    const b = hash.b >>> 0
    if (!this.sampled(b)) return
    const slot = this.find(a, b)
    if (this.counts[slot] === 0) {
      this.first[slot] = a
      this.second[slot] = b
      if (++this.used === this.capacity) {
        this.counts[slot] = 1
        this.thin()
        return
      }
    }
    const times = ++this.counts[slot]!
    if (times > 1 && (this.heads.size < HEADS || times > 8) && !this.heads.has(this.keyOf(slot)))
      this.heads.set(this.keyOf(slot), decoder.decode(head()))
  }

  result(unit: Repeats['unit']): Repeats {
    let repeated = 0
    const examples: { text: string; times: number }[] = []
    for (let slot = 0; slot < this.slots; slot++) {
      const times = this.counts[slot]!
      if (times < 2) continue
      repeated += times - 1
      const text = this.heads.get(this.keyOf(slot))
      if (text !== undefined) examples.push({ text, times })
    }
    examples.sort((x, y) => y.times - x.times || (x.text < y.text ? -1 : 1))
    const scale = 2 ** this.level
    return {
      unit,
      seen: this.seen,
      repeated: Math.min(this.seen, repeated * scale),
      exact: this.level === 0,
      examples: examples.slice(0, EXAMPLES),
    }
  }

  private sampled(b: number): boolean {
    return this.level === 0 || (b & ((1 << this.level) - 1)) === 0
  }

  /** Any number that tells this slot's hash from others well enough for a label. */
  private keyOf(slot: number): number {
    return this.second[slot]! * 0x200000 + (this.first[slot]! & 0x1fffff)
  }

  private find(a: number, b: number): number {
    let slot = a & (this.slots - 1)
    while (this.counts[slot] !== 0 && (this.first[slot] !== a || this.second[slot] !== b)) {
      slot = (slot + 1) & (this.slots - 1)
    }
    return slot
  }

  private thin(): void {
    this.level++
    const kept: [number, number, number][] = []
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.counts[slot] === 0) continue
      if (this.sampled(this.second[slot]!)) kept.push([this.first[slot]!, this.second[slot]!, this.counts[slot]!])
      else this.heads.delete(this.keyOf(slot))
    }
    this.counts.fill(0)
    this.used = kept.length
    for (const [a, b, times] of kept) {
      const slot = this.find(a, b)
      this.first[slot] = a
      this.second[slot] = b
      this.counts[slot] = times
    }
  }
}
