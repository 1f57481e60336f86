/** A line at least this long is a paragraph by itself: texts that are not wrapped have one paragraph a line. */
const OWN_LINE = 200
/** Shorter paragraphs may well come again (a chorus, "THE END") and are never left out. */
export const COMPARED_CHARACTERS = 100
/** A paragraph longer than this passes as it is. */
const LONGEST = 1024 * 1024

/**
 * Lets the paragraphs of a text that comes in chunks pass one by one. A paragraph ends at a blank line, or is a line of OWN_LINE characters
 * or more; `keep` is asked about those of COMPARED_CHARACTERS or more, trimmed. One that is not kept goes with the blank lines behind it.
 */
export class ParagraphFilter {
  /** The paragraph that is open, line ends included. */
  private open = ''
  /** A last line that is not complete. */
  private line = ''
  /** Whether blank lines are left out now, because the paragraph before them was. */
  private skipping = false
  private passing = false

  constructor(private readonly keep: (paragraph: string) => boolean) {}

  push(chunk: string): string {
    let out = ''
    let start = 0
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      out += this.take(this.line + chunk.slice(start, end + 1))
      this.line = ''
      start = end + 1
    }
    this.line += chunk.slice(start)
    if (this.line.length > LONGEST) {
      out += this.close() + this.line
      this.line = ''
      this.passing = true
    }
    return out
  }

  end(): string {
    const out = this.take(this.line) + this.close()
    this.line = ''
    this.skipping = false
    this.passing = false
    return out
  }

  private take(line: string): string {
    if (line === '') return ''
    if (this.passing) {
      this.passing = !line.endsWith('\n')
      return line
    }
    if (line.trim() === '') {
      const out = this.close()
      return this.skipping ? out : out + line
    }
    if (line.length >= OWN_LINE) {
      const before = this.close()
      this.open = line
      return before + this.close()
    }
    this.open += line
    return this.open.length > LONGEST ? this.close() : ''
  }

  /** Decides about the paragraph that is open. */
  private close(): string {
    const paragraph = this.open
    if (paragraph === '') return ''
    this.open = ''
    const text = paragraph.trim()
    this.skipping = text.length >= COMPARED_CHARACTERS && !this.keep(text)
    return this.skipping ? '' : paragraph
  }
}
