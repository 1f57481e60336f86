import { PRINT, printHigh, printLow } from '@shared/text/clean/fingerprint.ts'
import { HASH_START } from '../import/hash.ts'
import { BYTE_MARKS, hasOdd, isUnreadable, LINE_END, nextOdd, oddLength, SPACE } from './byte-marks.ts'
import { TextBytes } from './text-bytes.ts'

/**
 * A record's text as UTF-8, and everything that is to be known of it from one pass over its bytes: counts as TextCounts has them, the hash
 * by which it falls to a part, its fingerprint, and whether it holds odd characters.
 */
export class TextScan extends TextBytes {
  characters = 0
  lines = 0
  words = 0
  hash = 0
  odd = false
  /** The text's fingerprint. */
  readonly print = { high: 0, low: 0 }

  /** @param hashStart where the hash goes on from another text's */
  override set(text: string, hashStart = HASH_START): void {
    super.set(text)
    this.look(hashStart)
  }

  /** Looks at the first `length` bytes, which someone else has put there. */
  look(hashStart = HASH_START): void {
    const { bytes, length } = this
    // What is imported would be looked up anew for each byte, at twice the time.
    const marksOf = BYTE_MARKS
    const { factorA, factorB } = PRINT
    let characters = 0
    let lines = 0
    let words = 0
    let before = SPACE
    let seen = 0
    let hash = hashStart
    let a: number = PRINT.a
    let b: number = PRINT.b
    for (let i = 0; i < length; i++) {
      const byte = bytes[i] as number
      const marks = marksOf[byte] as number
      hash = Math.imul(hash ^ byte, 0x01000193)
      a = Math.imul(a ^ byte, factorA)
      b = Math.imul(b ^ byte, factorB)
      characters += (marks >> 2) & 1
      lines += (marks >> 1) & 1
      words += before & ~marks
      before = marks & SPACE
      seen |= marks
    }
    if (length > 0 && ((BYTE_MARKS[bytes[length - 1] as number] as number) & LINE_END) === 0) lines++
    this.characters = characters
    this.lines = lines
    this.words = words
    this.hash = hash
    this.odd = hasOdd(bytes, length, seen)
    this.print.high = printHigh(a, b)
    this.print.low = printLow(b, this.print.high)
  }

  /** How many odd characters there are that cleaning leaves out, and how many U+FFFD. */
  countOdd(): { controls: number; unreadable: number } {
    const { bytes, length } = this
    let controls = 0
    let unreadable = 0
    for (let at = nextOdd(bytes, 0, length); at >= 0; at = nextOdd(bytes, at + oddLength(bytes, at), length)) {
      if (isUnreadable(bytes, at)) unreadable++
      else controls++
    }
    return { controls, unreadable }
  }

  /** Leaves out the odd characters but U+FFFD, as stripControls does. */
  stripOdd(): void {
    const { bytes, length } = this
    let kept = 0
    for (let from = 0; from < length;) {
      const at = nextOdd(bytes, from, length)
      const end = at < 0 ? length : isUnreadable(bytes, at) ? at + 3 : at
      bytes.copyWithin(kept, from, end)
      kept += end - from
      from = at === end ? at + oddLength(bytes, at) : end
    }
    this.length = kept
    this.look()
  }

  /** Length of the text in UTF-16 units, as strings have it. */
  get units(): number {
    const { bytes, length } = this
    let units = this.characters
    // Characters of four bytes are two units.
    for (let i = 0; i < length; i++) if ((bytes[i] as number) >= 0xf0) units++
    return units
  }
}
