import type { FileKind } from '@shared/contract/schemas.ts'
import { CsvReader } from '@shared/formats/csv.ts'
import { JsonArrayReader } from '@shared/formats/json-array.ts'
import { JsonlReader } from '@shared/formats/jsonl.ts'
import type { JsonObject, Row } from '@shared/formats/read-record.ts'
import { columnNames } from './table-shape.ts'

/** Kinds of text with one record per row, line or element. */
const ROW_KINDS = ['csv', 'tsv', 'json', 'jsonl'] as const
type RowKind = (typeof ROW_KINDS)[number]

export const isRowKind = (kind: FileKind): kind is RowKind => (ROW_KINDS as readonly FileKind[]).includes(kind)

export interface RecordFormat {
  kind: RowKind
  delimiter: string
  hasHeader: boolean
}

interface RowReader {
  push(chunk: string): Row<JsonObject>[]
  end(): Row<JsonObject>[]
}

/** A reader of records for any of the formats, as objects by column or key. */
export function createRowReader(format: RecordFormat, file: string): RowReader {
  if (format.kind === 'jsonl') return new JsonlReader()
  if (format.kind === 'json') return new JsonArrayReader(file)
  return new TableReader(format)
}

/** Cells of a table's rows, header included. Quotation marks mean themselves between tabs. */
export const createCellReader = ({ kind, delimiter }: Pick<RecordFormat, 'kind' | 'delimiter'>): CsvReader =>
  new CsvReader({ delimiter, quoting: kind !== 'tsv' })

class TableReader implements RowReader {
  private readonly cells: CsvReader
  private columns: string[] | null = null

  constructor(private readonly format: RecordFormat) {
    this.cells = createCellReader(format)
  }

  push(chunk: string): Row<JsonObject>[] {
    return this.named(this.cells.push(chunk))
  }

  end(): Row<JsonObject>[] {
    return this.named(this.cells.end())
  }

  private named(rows: Row<string[]>[]): Row<JsonObject>[] {
    const records: Row<JsonObject>[] = []
    for (const row of rows) {
      if (row.problem) {
        records.push(row)
        continue
      }
      const isHeader = this.columns === null && this.format.hasHeader
      this.columns ??= columnNames(row.record, this.format.hasHeader)
      const columns = this.columns
      if (!isHeader) {
        records.push({ line: row.line, record: Object.fromEntries(columns.map((name, i) => [name, row.record[i]])) })
      }
    }
    return records
  }
}
