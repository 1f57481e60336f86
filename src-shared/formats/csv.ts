import { LIMITS } from '../contract/limits.ts'
import { csvRow } from './csv-row.ts'
import { excerpt, type Row } from './read-record.ts'

export interface CsvOptions {
  /** One character: `,`, `;`, `|` or a tab. */
  delimiter: string
  /** Whether `"` quotes a cell (RFC 4180). Off for tab-separated text, where stray quotation marks are common and mean themselves. */
  quoting: boolean
}

const QUOTE = 0x22
const LF = 0x0a
const CR = 0x0d

/**
 * Reads delimited text (RFC 4180) from chunks. Every row carries the physical line it begins on, also after cells with line breaks in
 * them, which is why this is not left to a library (papaparse numbers rows, not lines). Blank lines are passed over. A row whose number of cells
 * differs from the first row's is a problem, and so is a quotation mark that never closes.
 */
export class CsvReader {
  private readonly delimiter: number
  private readonly quoting: boolean
  private cells: string[] = []
  private cell = ''
  /** `closing`: behind a quotation mark that closes a cell, or is the first of two. `skipping`: in a row given up. */
  private state: 'start' | 'plain' | 'quoted' | 'closing' | 'skipping' = 'start'
  private line = 1
  private rowLine = 1
  /** Characters of this row in chunks before this one. */
  private rowLength = 0
  private width: number | null = null
  private afterCr = false

  constructor(private readonly options: CsvOptions) {
    this.delimiter = options.delimiter.charCodeAt(0)
    this.quoting = options.quoting
  }

  push(chunk: string): Row<string[]>[] {
    const rows: Row<string[]>[] = []
    const { delimiter, quoting } = this
    /** Where the text begins that belongs to the cell and is not in it yet. */
    let from = 0
    let rowFrom = 0
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk.charCodeAt(i)
      const isBreak = c === LF || c === CR
      const endsCrLf = c === LF && this.afterCr
      this.afterCr = c === CR
      if (isBreak && !endsCrLf) this.line++
      if (this.state === 'quoted') {
        if (c !== QUOTE) continue
        this.cell += chunk.slice(from, i)
        from = i + 1
        this.state = 'closing'
      } else if (isBreak) {
        if (!endsCrLf) this.endRow(rows, chunk.slice(from, i), this.rowLength + i - rowFrom)
        from = rowFrom = i + 1
      } else if (this.state === 'skipping') {
        continue
      } else if (c === delimiter) {
        this.endCell(chunk.slice(from, i))
        from = i + 1
        if (this.cells.length > LIMITS.columns) {
          this.giveUp(rows, `The row has more than ${LIMITS.columns.toLocaleString('en-US')} cells.`)
        }
      } else if (c === QUOTE && this.state === 'closing') {
        // A doubled quotation mark means one: the cell goes on with this one.
        from = i
        this.state = 'quoted'
      } else if (c === QUOTE && quoting && this.state === 'start') {
        from = i + 1
        this.state = 'quoted'
      } else {
        this.state = 'plain'
      }
    }
    this.rowLength += chunk.length - rowFrom
    if (this.state !== 'skipping') {
      this.cell += chunk.slice(from)
      if (this.rowLength > LIMITS.lineBytes) this.giveUp(rows, this.tooLong())
    }
    return rows
  }

  end(): Row<string[]>[] {
    const rows: Row<string[]>[] = []
    if (this.state === 'quoted') rows.push(this.problem('A quotation mark opens a cell here and is never closed.'))
    else this.endRow(rows, '', this.rowLength)
    return rows
  }

  private endCell(rest: string): void {
    this.cells.push(this.cell + rest)
    this.cell = ''
    this.state = 'start'
  }

  private endRow(rows: Row<string[]>[], rest: string, length: number): void {
    if (this.state !== 'skipping') {
      const blank = this.cells.length === 0 && (this.cell + rest).trim() === ''
      this.endCell(rest)
      const { cells, rowLine } = this
      this.width ??= blank ? null : cells.length
      if (length > LIMITS.lineBytes) this.giveUp(rows, this.tooLong())
      else if (!blank && cells.length === this.width) rows.push({ line: rowLine, record: cells })
      else if (!blank)
        rows.push(
          this.problem(
            `The row has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}; the first row has ${this.width}.`,
          ),
        )
    }
    this.cells = []
    this.state = 'start'
    this.rowLine = this.line
    this.rowLength = 0
  }

  /** Reports a row beyond the limit, and passes over the rest of its line. */
  private giveUp(rows: Row<string[]>[], reason: string): void {
    rows.push(this.problem(reason))
    this.cells = []
    this.cell = ''
    this.state = 'skipping'
  }

  private tooLong(): string {
    const quoted = this.state === 'quoted' ? '; a quotation mark may never be closed' : ''
    return `The row is longer than ${LIMITS.lineBytes / 1024 / 1024} million characters${quoted}.`
  }

  private problem(reason: string): Row<string[]> {
    const cells = this.cell === '' ? this.cells : [...this.cells, this.cell]
    const row = cells.join(this.options.delimiter)
    // Where the person can mend it, all of the row goes along.
    const text = row.length <= LIMITS.editCharacters ? { text: csvRow(cells, this.options) } : {}
    return { line: this.rowLine, problem: { reason, excerpt: excerpt(row), ...text } }
  }
}
