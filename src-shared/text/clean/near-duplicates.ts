import { HASHES, minhash, similarity } from './minhash.ts'

/**
 * How many hashes a band has, for a threshold: the most with which a pair at the threshold shares at least one of the HASHES / rows bands
 * with a probability of 99.5 %: 1 - (1 - t^rows)^bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4.2).
 */
export function bandRows(threshold: number): number {
  for (const rows of [32, 16, 8, 4, 2]) {
    if (1 - (1 - threshold ** rows) ** (HASHES / rows) >= 0.995) return rows
  }
  return 1
}

export interface NearMatch {
  /** Number of the text that was added first, from 0. */
  index: number
  /** Estimated Jaccard similarity. */
  similarity: number
}

/** Texts with one band in common that are looked at, the newest first: more hold one text in many copies, or too little to tell. */
const CANDIDATES = 50

/**
 * Finds texts that are nearly the same as one before, by MinHash with banding: only texts that share a band are compared. About 1 KB a text
 * whatever its length; `limit` texts at most are remembered, later ones are still compared with those.
 */
export class NearDuplicates {
  private signatures = new Uint32Array(256 * HASHES)
  private count = 0
  private readonly rows: number
  private readonly bands: number
  /** First entry of the chain in each slot, plus one; an entry is a text's band: `text * bands + band`. */
  private heads: Int32Array
  private next: Int32Array
  private readonly signature = new Uint32Array(HASHES)
  /** Whether a text was not remembered because the limit was reached. */
  full = false

  constructor(
    private readonly threshold: number,
    private readonly limit: number,
  ) {
    this.rows = bandRows(threshold)
    this.bands = HASHES / this.rows
    this.next = new Int32Array(256 * this.bands)
    this.heads = new Int32Array(256 * this.bands)
  }

  /** The most similar text remembered, if it reaches the threshold. */
  find(text: string): NearMatch | null {
    minhash(text, this.signature)
    let best: NearMatch | null = null
    const looked = new Set<number>()
    for (let band = 0; band < this.bands; band++) {
      let left = CANDIDATES
      for (let entry = this.heads[this.slot(this.signature, 0, band)] as number; entry > 0 && left > 0; left--) {
        const index = Math.floor((entry - 1) / this.bands)
        entry = this.next[entry - 1] as number
        if (looked.has(index)) continue
        looked.add(index)
        const alike = similarity(this.signature, this.signatures, index * HASHES, this.threshold)
        if (alike >= this.threshold && alike > (best?.similarity ?? 0)) best = { index, similarity: alike }
      }
    }
    return best
  }

  /** {@link find}; when there is none, the text is remembered. */
  add(text: string): NearMatch | null {
    const match = this.find(text)
    if (!match) this.remember()
    return match
  }

  /** Remembers the text, also where it is like another. */
  put(text: string): void {
    minhash(text, this.signature)
    this.remember()
  }

  private remember(): void {
    if (this.count === this.limit) {
      this.full = true
      return
    }
    if ((this.count + 1) * HASHES > this.signatures.length) this.grow()
    this.signatures.set(this.signature, this.count * HASHES)
    this.link(this.count++)
  }

  private link(index: number): void {
    for (let band = 0; band < this.bands; band++) {
      const entry = index * this.bands + band
      const slot = this.slot(this.signatures, index * HASHES, band)
      this.next[entry] = this.heads[slot] as number
      this.heads[slot] = entry + 1
    }
  }

  private grow(): void {
    const grown = new Uint32Array(this.signatures.length * 2)
    grown.set(this.signatures)
    this.signatures = grown
    this.next = new Int32Array(this.next.length * 2)
    this.heads = new Int32Array(this.heads.length * 2)
    for (let index = 0; index < this.count; index++) this.link(index)
  }

  /** Where a band's chain begins; other bands may share it, which the comparison sorts out. */
  private slot(signatures: Uint32Array, start: number, band: number): number {
    let hash = Math.imul(band + 1, 0x9e3779b1)
    for (let k = start + band * this.rows; k < start + (band + 1) * this.rows; k++) {
      hash = Math.imul(hash ^ (signatures[k] as number), 0x01000193)
      hash ^= hash >>> 15
    }
    return (hash >>> 0) % this.heads.length
  }
}
