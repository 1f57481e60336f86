const NOT_SPACE = 0
const SPACE = 1
/** ASCII white space; what lies beyond ASCII counts as part of a word. */
const CLASS = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) ? SPACE : NOT_SPACE,
)

/** Counts of UTF-8 text that comes in chunks, cut anywhere. */
export class TextCounts {
  bytes = 0
  /** Code points. */
  characters = 0
  lines = 0
  /** Runs of anything but ASCII white space. */
  words = 0
  private inWord = false
  private inLine = false

  add(chunk: Uint8Array): void {
    let { characters, lines, words } = this
    let previous = this.inWord ? NOT_SPACE : SPACE
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number
      if ((byte & 0xc0) !== 0x80) characters++
      if (byte === 0x0a) lines++
      const now = CLASS[byte] as number
      if (now < previous) words++
      previous = now
    }
    this.characters = characters
    this.lines = lines
    this.words = words
    this.inWord = previous === NOT_SPACE
    this.bytes += chunk.length
    if (chunk.length > 0) this.inLine = chunk[chunk.length - 1] !== 0x0a
  }

  /** Ends a text: its last line counts also without a line end, and no word reaches into the next text. */
  endText(): void {
    if (this.inLine) this.lines++
    this.inLine = false
    this.inWord = false
  }
}
