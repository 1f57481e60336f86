const SPACE = 1
const LINE_END = 2
const CHARACTER = 4

/** What each byte of UTF-8 counts for: ASCII white space, a line end, the first byte of a character. */
const MARKS = Uint8Array.from(
  { length: 256 },
  (_, byte) =>
    (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) ? SPACE : 0) |
    (byte === 0x0a ? LINE_END : 0) |
    ((byte & 0xc0) === 0x80 ? 0 : CHARACTER),
)

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

  /** One pass without branches: it runs over every byte that is imported. */
  add(chunk: Uint8Array): void {
    let { characters, lines, words, before } = this
    for (let i = 0; i < chunk.length; i++) {
      const marks = MARKS[chunk[i] as number] as number
      characters += marks >> 2
      lines += (marks >> 1) & 1
      words += before & ~marks
      before = marks & SPACE
    }
    this.characters = characters
    this.lines = lines
    this.words = words
    this.before = before
    this.bytes += chunk.length
    if (chunk.length > 0) this.inLine = chunk[chunk.length - 1] !== 0x0a
  }

  /** Ends a text: its last line counts also without a line end, and no word reaches into the next text. */
  endText(): void {
    if (this.inLine) this.lines++
    this.inLine = false
    this.before = SPACE
  }
}
