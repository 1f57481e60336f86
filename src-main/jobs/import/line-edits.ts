import type { Edit } from '@shared/contract/cleaning.ts'

/** Puts edited lines in the place of those that stand in a running text; everything between passes in the pieces in which it comes. */
export class LineEdits {
  private readonly lines: number[]
  /** The line that comes next, or that the last chunk ended in. */
  private line = 1
  private next = 0
  /** Whether that line is edited and what comes of it is dropped; whether there is anything of it. */
  private inside = false
  private begun = false

  constructor(private readonly edits: ReadonlyMap<number, Edit>) {
    this.lines = [...edits.keys()].sort((a, b) => a - b)
  }

  /** Text to read, or null in the place of a line that is left out. */
  *push(chunk: string): Generator<string | null> {
    let start = 0
    for (;;) {
      if (!this.inside) {
        const end = this.toEdited(chunk, start)
        if (end > start) yield chunk.slice(start, end)
        if (!this.inside) return
        start = end
      }
      const newline = chunk.indexOf('\n', start)
      this.begun ||= start < chunk.length
      if (newline < 0) return
      yield this.edited('\n')
      start = newline + 1
    }
  }

  /** The last line, where no line end follows it. */
  *end(): Generator<string | null> {
    if (this.inside && this.begun) yield this.edited('')
  }

  /** Where the next edited line begins, or the chunk ends. */
  private toEdited(chunk: string, start: number): number {
    const target = this.lines[this.next] ?? Infinity
    let at = start
    while (this.line < target) {
      const newline = chunk.indexOf('\n', at)
      if (newline < 0) return chunk.length
      at = newline + 1
      this.line++
    }
    this.inside = true
    return at
  }

  private edited(lineEnd: string): string | null {
    const text = this.edits.get(this.line)?.text ?? null
    this.inside = false
    this.begun = false
    this.line++
    this.next++
    return text === null ? null : `${text}${lineEnd}`
  }
}
