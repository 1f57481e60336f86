import { LIMITS } from '../contract/limits.ts'
import { excerpt, type Row } from './read-record.ts'

export interface CsvOptions {
  /** One character: `,`, `;`, `|` or a tab. */
  delimiter: string
  /** Whether `"` quotes a cell (RFC 4180). Off for tab-separated text, where stray quotation marks are common and mean themselves. */
  quoting: boolean
}

const QUOTE = '"'

/**
 * Reads delimited text (RFC 4180) from chunks. Every row carries the physical line it begins on, also after cells with line breaks in
 * them, which is why this is not left to a library: none gives that number. Blank lines are passed over. A row whose number of cells
 * differs from the first row's is a problem, and so is a quotation mark that never closes.
 */
export class CsvReader {
  private readonly delimiter: string
  private readonly quoting: boolean
  private cells: string[] = []
  private cell = ''
  private state: 'start' | 'plain' | 'quoted' | 'closing' = 'start'
  private line = 1
  private rowLine = 1
  private length = 0
  private width: number | null = null
  private lastWasCr = false

  constructor(options: CsvOptions) {
    this.delimiter = options.delimiter
    this.quoting = options.quoting
  }

  push(chunk: string): Row<string[]>[] {
    const rows: Row<string[]>[] = []
    for (const c of chunk) {
      const skipped = c === '\n' && this.lastWasCr
      this.lastWasCr = c === '\r'
      const newline = c === '\n' || c === '\r'
      if (skipped) {
        if (this.state === 'quoted') this.cell += c
        continue
      }
      if (newline) this.line++
      if (++this.length > LIMITS.lineBytes) {
        rows.push(this.runaway())
        continue
      }
      if (this.state === 'quoted') {
        if (c === QUOTE) this.state = 'closing'
        else this.cell += c
      } else if (c === this.delimiter) this.endCell()
      else if (newline) this.endRow(rows)
      else if (this.state === 'closing' && c === QUOTE) {
        this.cell += QUOTE // a doubled quotation mark
        this.state = 'quoted'
      } else if (this.state === 'start' && this.quoting && c === QUOTE) this.state = 'quoted'
      else {
        this.cell += c
        this.state = 'plain'
      }
    }
    return rows
  }

  end(): Row<string[]>[] {
    const rows: Row<string[]>[] = []
    if (this.state === 'quoted') rows.push(this.problem('A quotation mark opens a cell here and is never closed.'))
    else this.endRow(rows)
    return rows
  }

  private endCell(): void {
    this.cells.push(this.cell)
    this.cell = ''
    this.state = 'start'
  }

  private endRow(rows: Row<string[]>[]): void {
    const blank = this.cells.length === 0 && this.cell.trim() === ''
    this.endCell()
    const { cells, rowLine } = this
    if (!blank) {
      this.width ??= cells.length
      if (cells.length === this.width) rows.push({ line: rowLine, record: cells })
      else rows.push(this.problem(`The row has ${cells.length} cells; the first row has ${this.width}.`))
    }
    this.next()
  }

  private runaway(): Row<string[]> {
    const megabytes = LIMITS.lineBytes / 1024 / 1024
    const row = this.problem(
      `The row is longer than ${megabytes} million characters; a quotation mark may never be closed.`,
    )
    this.state = 'plain'
    this.next()
    return row
  }

  private problem(reason: string): Row<string[]> {
    return {
      line: this.rowLine,
      problem: { reason, excerpt: excerpt([...this.cells, ...(this.cell ? [this.cell] : [])].join(this.delimiter)) },
    }
  }

  private next(): void {
    this.cells = []
    this.cell = ''
    this.rowLine = this.line
    this.length = 0
  }
}
