import { HEAD_BYTES, hashBytes, newHash, type RepeatCounter } from './repeats.ts'

/** Shorter lines repeat by nature: names in a play, single words, blank lines. */
const LEAST_BYTES = 20
const NEWLINE = 0x0a

/** Cuts text that comes in pieces into its lines and counts those that repeat. */
export class LineRepeats {
  private hash = newHash()
  private length = 0
  private readonly head = new Uint8Array(HEAD_BYTES)

  constructor(private readonly counter: RepeatCounter) {}

  /** Takes a piece; `last` ends the line that is open. */
  add(bytes: Uint8Array, last: boolean): void {
    for (let start = 0; start < bytes.length;) {
      const found = bytes.indexOf(NEWLINE, start)
      const end = found < 0 ? bytes.length : found
      if (this.length < HEAD_BYTES) {
        this.head.set(bytes.subarray(start, Math.min(end, start + HEAD_BYTES - this.length)), this.length)
      }
      hashBytes(this.hash, bytes, start, end)
      this.length += end - start
      if (found >= 0) this.endLine()
      start = end + 1
    }
    if (last) this.endLine()
  }

  /** Forgets the line that is open: what comes next does not follow on it. */
  skip(): void {
    this.hash = newHash()
    this.length = 0
  }

  private endLine(): void {
    if (this.length >= LEAST_BYTES) {
      this.counter.add(this.hash, () => this.head.subarray(0, Math.min(this.length, HEAD_BYTES)))
    }
    this.skip()
  }
}
