import { LIMITS } from '../contract/limits.ts'

export interface Line {
  /** Without its line ending; cut at `limit` characters when `tooLong`. */
  text: string
  /** Physical line number, 1-based. */
  number: number
  tooLong: boolean
}

/**
 * Splits text that comes in chunks into lines at LF, CR LF or a lone CR. Memory stays bounded by one line, and that by `limit`
 * characters: what is longer is cut and flagged. A last line without an ending counts; nothing after a final ending does.
 */
export class LineSplitter {
  private rest = ''
  private dropped = false
  private number = 0
  private endedWithCr = false

  constructor(private readonly limit: number = LIMITS.lineBytes) {}

  /** Lines completed by this chunk. */
  push(chunk: string): Line[] {
    const lines: Line[] = []
    let start = this.endedWithCr && chunk.startsWith('\n') ? 1 : 0
    if (chunk.length > 0) this.endedWithCr = chunk.endsWith('\r')
    // The usual case, since sources are read with LF line ends: a plain search is several times faster.
    if (!chunk.includes('\r')) {
      for (let end = chunk.indexOf('\n', start); end >= 0; end = chunk.indexOf('\n', start)) {
        lines.push(this.take(chunk.slice(start, end)))
        start = end + 1
      }
      this.keep(chunk.slice(start))
      return lines
    }
    const ending = /\r\n|\n|\r/g
    ending.lastIndex = start
    for (let match = ending.exec(chunk); match; match = ending.exec(chunk)) {
      lines.push(this.take(chunk.slice(start, match.index)))
      start = ending.lastIndex
    }
    this.keep(chunk.slice(start))
    return lines
  }

  /** The last line, where the text does not end with a line ending. */
  end(): Line[] {
    return this.rest === '' && !this.dropped ? [] : [this.take('')]
  }

  private keep(text: string): void {
    const room = this.limit - this.rest.length
    if (text.length > room) this.dropped = true
    this.rest = this.rest === '' && text.length <= room ? text : this.rest + text.slice(0, room)
  }

  private take(text: string): Line {
    this.keep(text)
    const line = { text: this.rest, number: ++this.number, tooLong: this.dropped }
    this.rest = ''
    this.dropped = false
    return line
  }
}
