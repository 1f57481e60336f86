import { AppError } from '../contract/errors.ts'
import { LIMITS } from '../contract/limits.ts'
import { parseObject } from './parse-object.ts'
import { excerpt, type JsonObject, type Row } from './read-record.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const isSpace = (c: number) => c === 0x20 || (c >= 0x09 && c <= 0x0d) || c === 0xfeff
const opens = (c: number) => c === 0x7b || c === 0x5b
const closes = (c: number) => c === 0x7d || c === 0x5d

/**
 * Reads a JSON array of objects from text chunks, element by element: the file never stands in memory whole, and a bad element is a
 * problem with its line while the others are kept (a whole-file parser would lose them). Elements are cut at commas of depth one.
 */
export class JsonArrayReader {
  private state: 'before' | 'inside' | 'after' = 'before'
  private element = ''
  private elementLine = 0
  private depth = 0
  private inString = false
  private escaped = false
  private line = 1
  private tooLong = false

  /** `file` names the file in errors. Throws AppError 'malformed' when the text is not an array. */
  constructor(private readonly file: string) {}

  push(chunk: string): Row<JsonObject>[] {
    const rows: Row<JsonObject>[] = []
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk.charCodeAt(i)
      if (c === 0x0a) this.line++
      if (this.state === 'inside') {
        if (this.inString) {
          if (this.escaped) this.escaped = false
          else if (c === BACKSLASH) this.escaped = true
          else if (c === QUOTE) this.inString = false
        } else if (c === QUOTE) {
          this.begin()
          this.inString = true
        } else if (opens(c)) {
          this.begin()
          this.depth++
        } else if (closes(c)) {
          if (this.depth === 0) {
            this.keep(chunk.slice(start, i))
            this.flush(rows, false)
            this.state = 'after'
          } else this.depth--
        } else if (c === COMMA && this.depth === 0) {
          this.keep(chunk.slice(start, i))
          this.flush(rows, true)
          start = i + 1
        } else if (!isSpace(c)) this.begin()
      } else if (!isSpace(c)) {
        if (this.state === 'after' || c !== 0x5b) throw this.notAnArray()
        this.state = 'inside'
        start = i + 1
      }
    }
    if (this.state === 'inside') this.keep(chunk.slice(start))
    return rows
  }

  end(): Row<JsonObject>[] {
    if (this.state === 'before') throw this.notAnArray()
    const rows: Row<JsonObject>[] = []
    // A file that ends inside the array: what was begun is reported where it began.
    if (this.state === 'inside') this.flush(rows, true)
    return rows
  }

  private begin(): void {
    if (this.elementLine === 0) this.elementLine = this.line
  }

  private keep(text: string): void {
    if (this.element.length + text.length > LIMITS.lineBytes) this.tooLong = true
    else this.element += text
  }

  /** `expected`: an element must stand here (before a comma); a bare `]` may follow a comma-free nothing. */
  private flush(rows: Row<JsonObject>[], expected: boolean): void {
    const line = this.elementLine || this.line
    if (this.tooLong) {
      const reason = `The record is longer than ${LIMITS.lineBytes / 1024 / 1024} million characters.`
      rows.push({ line, problem: { reason, excerpt: excerpt(this.element) } })
    } else if (expected || this.element.trim() !== '') rows.push(parseObject(this.element, line))
    this.element = ''
    this.elementLine = 0
    this.depth = 0
    this.inString = false
    this.tooLong = false
  }

  private notAnArray(): AppError {
    return new AppError({
      code: 'malformed',
      message: `${this.file}, line ${this.line}: this is not a JSON list of records.`,
      hint: 'A list like [{"instruction": "…", "output": "…"}] was expected, or one record per line (JSONL).',
    })
  }
}
