import type { TextStep } from './step.ts'

/** The lines between which Project Gutenberg sets a book, as its e-texts have had them since 1993. */
const START = /^(?:\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG|\*END\*? ?THE SMALL PRINT).*(?:\n|$)/im
const END =
  /^(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the )?Project Gutenberg(?:'s|’s)? ).*(?:\n|$)/im
/** In every END line: looked for first, since a plain word is found much faster. */
const NAME = /project gutenberg/i
const NAME_BYTES = new TextEncoder().encode('project gutenberg')
/** Its rarest letter. */
const RARE_AT = 3

/** Longest header or licence that is believed to be one, in characters; the real ones have 20,000 at most. */
const REACH = 96 * 1024

/**
 * Leaves out what Project Gutenberg sets before and after a book: everything up to the START line, and from the END line to the end of the
 * text or the next START line. A text without these lines stays as it is, and so does what is too long to be a licence. Counts lines.
 */
export class GutenbergStep implements TextStep {
  changed = 0
  /** `edge`: before a START line, perhaps; its text is held back. `body`: in a book, or in a text that is none. */
  private state: 'edge' | 'body' = 'edge'
  /** In `edge`: everything; in `body`: a last line that is not complete. */
  private held = ''

  /** Whether {@link push} would give back this piece of UTF-8 and nothing else, and hold nothing back. */
  passes(bytes: Uint8Array): boolean {
    return this.state === 'body' && this.held === '' && bytes[bytes.length - 1] === 0x0a && !hasName(bytes)
  }

  push(chunk: string): string {
    this.held += chunk
    let out = ''
    for (;;) {
      const found = this.state === 'edge' ? START.exec(this.held) : endIn(this.held)
      // Only a line that is complete is surely the whole of it.
      if (found?.[0].endsWith('\n')) {
        const end = found.index + found[0].length
        if (this.state === 'edge') {
          this.drop(this.held.slice(0, end))
          this.held = this.held.slice(end)
          this.state = 'body'
        } else {
          out += this.held.slice(0, found.index)
          this.held = this.held.slice(found.index)
          // The END line itself belongs to what is left out.
          this.state = 'edge'
        }
        continue
      }
      if (this.state === 'edge') {
        if (this.held.length <= REACH) return out
        this.state = 'body'
        // An END line that leads nowhere stays in the text: it must not be found once more.
        const past = endIn(this.held)?.index === 0 ? this.held.indexOf('\n') + 1 : 0
        out += this.held.slice(0, past)
        this.held = this.held.slice(past)
        continue
      }
      const line = Math.max(this.held.lastIndexOf('\n') + 1, this.held.length - REACH)
      out += this.held.slice(0, line)
      this.held = this.held.slice(line)
      return out
    }
  }

  end(): string {
    const rest = this.held
    this.held = ''
    this.state = 'edge'
    const found = endIn(rest)
    if (!found) return rest
    this.drop(rest.slice(found.index))
    return rest.slice(0, found.index)
  }

  private drop(text: string): void {
    this.changed += text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  }
}

/** Whether {@link NAME} is in a text, without making a string of its bytes. */
function hasName(bytes: Uint8Array): boolean {
  const rare = NAME_BYTES[RARE_AT]!
  return [rare, rare & ~CASE].some((letter) => {
    for (let at = bytes.indexOf(letter); at >= 0; at = bytes.indexOf(letter, at + 1)) {
      if (NAME_BYTES.every((byte, i) => (bytes[at - RARE_AT + i]! | CASE) === byte)) return true
    }
    return false
  })
}

/** The bit that tells a small letter from a capital in ASCII. */
const CASE = 0x20

const endIn = (text: string): RegExpExecArray | null => (NAME.test(text) ? END.exec(text) : null)
