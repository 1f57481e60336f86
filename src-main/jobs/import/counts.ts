import { BYTE_MARKS, hasOdd, SPACE } from '../io/byte-marks.ts'
import type { TextScan } from '../io/text-scan.ts'

/** Counts of UTF-8 text that comes in chunks, cut anywhere. */
export class TextCounts {
  bytes = 0
  /** Code points. */
  characters = 0
  lines = 0
  /** Runs of anything but ASCII white space. */
  words = 0
  /** SPACE unless the last byte belongs to a word. */
  private before = SPACE
  private inLine = false

  add(chunk: Uint8Array): void {
    this.pass(chunk, () => true)
  }

  /** {@link add}, unless the chunk holds an odd character (see hasOdd): then it is not counted. Returns its line ends, or -1. */
  addPlain(chunk: Buffer): number {
    const { lines } = this
    return this.pass(chunk, (seen) => !hasOdd(chunk, chunk.length, seen)) ? this.lines - lines : -1
  }

  /** A text by itself, of which everything is known already. */
  addText({ length, characters, lines, words }: TextScan): void {
    this.bytes += length
    this.characters += characters
    this.lines += lines
    this.words += words
  }

  /** Ends a text: its last line counts also without a line end, and no word reaches into the next text. */
  endText(): void {
    if (this.inLine) this.lines++
    this.inLine = false
    this.before = SPACE
  }

  /**
   * One pass without branches: it runs over every byte that is imported.
   * @param counts told the marks of all bytes together; whether they are to be counted
   */
  private pass(chunk: Uint8Array, counts: (seen: number) => boolean): boolean {
    const { length } = chunk
    // What is imported would be looked up anew for each byte, at twice the time.
    const marksOf = BYTE_MARKS
    let characters = 0
    let lines = 0
    let words = 0
    let { before } = this
    let seen = 0
    for (let i = 0; i < length; i++) {
      const marks = marksOf[chunk[i] as number] as number
      seen |= marks
      characters += (marks >> 2) & 1
      lines += (marks >> 1) & 1
      words += before & ~marks
      before = marks & SPACE
    }
    if (!counts(seen)) return false
    this.characters += characters
    this.lines += lines
    this.words += words
    this.before = before
    this.bytes += length
    if (length > 0) this.inLine = chunk[length - 1] !== 0x0a
    return true
  }
}
