import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import type { Probe } from '@shared/contract/schemas.ts'
import type { JsonObject, Row } from '@shared/formats/read-record.ts'
import { detectRoles } from '@shared/text/records.ts'
import { tooManyColumns } from './extract/parquet.ts'
import { createCellReader, createRowReader } from './read-rows.ts'
import { columnNames, looksLikeHeader } from './table-shape.ts'

const SAMPLE_ROWS = 20
const CELL_CHARACTERS = 400
/** Unreadable rows that are named before the import. */
const PROBLEMS_SHOWN = 5

interface Reader<T> {
  push(chunk: string): Row<T>[]
  end(): Row<T>[]
}

/** What the head of a JSON or JSONL file shows. Throws AppError when no record of it can be read. */
export function describeRecords(kind: 'json' | 'jsonl', head: string, name: string, whole: boolean): Partial<Probe> {
  const read = readRows(createRowReader({ kind, delimiter: '', hasHeader: false }, name), head, whole)
  const objects = goodRows(read, name, whole)
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))]
  if (columns.length > LIMITS.columns) throw tooManyColumns(name, columns.length)
  return { ...describeObjects(columns, objects), rows: countRows(read, objects.length, whole) }
}

/** What the head of a table shows. `header` says whether the first row names the columns; undefined leaves it to the content. */
export function describeTable(
  format: { kind: 'csv' | 'tsv'; delimiter: string },
  head: string,
  name: string,
  whole: boolean,
  header: boolean | undefined,
): Partial<Probe> {
  const read = readRows(createCellReader(format), head, whole)
  const rows = goodRows(read, name, whole)
  const hasHeader = header ?? looksLikeHeader(rows)
  const body = hasHeader ? rows.slice(1) : rows
  const columns = columnNames(rows[0] ?? [], hasHeader)
  if (body.length === 0) throw noRows(name, columns)
  return { hasHeader, ...withRoles(columns, body), rows: countRows(read, body.length, whole) }
}

/** Columns, roles and sample cells of records. */
export function describeObjects(columns: string[], objects: JsonObject[]): Partial<Probe> {
  return withRoles(
    columns,
    objects.map((object) => columns.map((column) => cellText(object[column]))),
  )
}

/** All rows of the head. The last one is left out where the head cuts it. */
function readRows<T>(reader: Reader<T>, text: string, whole: boolean): Row<T>[] {
  const rows = reader.push(text)
  if (whole) rows.push(...reader.end())
  return rows
}

/** The rows that could be read; AppError 'malformed' with the first fault when there is none. */
function goodRows<T>(rows: Row<T>[], name: string, whole: boolean): T[] {
  const good = rows.flatMap((row) => (row.problem ? [] : [row.record]))
  if (good.length > 0) return good
  const bad = rows.find((row) => row.problem)
  if (!bad && !whole) {
    throw new AppError({
      code: 'unsupported',
      message: `${name}: its first record is longer than 1 MiB.`,
      hint: 'Cut it into smaller records, or read it as plain text.',
    })
  }
  throw new AppError(
    bad?.problem
      ? {
          code: 'malformed',
          message: `${name}: no row can be read. Line ${bad.line}: ${bad.problem.reason}`,
          hint: 'Correct the file and choose it again, or read it as plain text.',
          details: { line: bad.line, excerpt: bad.problem.excerpt },
        }
      : { code: 'empty_file', message: `${name} has no records.`, hint: 'Choose a file with at least one record.' },
  )
}

function countRows<T>(rows: Row<T>[], good: number, whole: boolean): Probe['rows'] {
  const bad = rows.filter((row) => row.problem)
  const problems = bad.slice(0, PROBLEMS_SHOWN).map(({ line, problem }) => ({ line, reason: problem?.reason ?? '' }))
  return { count: good + bad.length, whole, bad: bad.length, problems }
}

function withRoles(columns: string[], rows: string[][]): Partial<Probe> {
  const { roles, purpose, convention } = detectRoles(columns, rows)
  return {
    columns,
    sampleRows: rows.slice(0, SAMPLE_ROWS).map((row) => row.map((cell) => cell.slice(0, CELL_CHARACTERS))),
    roles,
    suggestedPurpose: purpose,
    detected: convention,
  }
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export const noRows = (name: string, columns: string[]): AppError =>
  new AppError({
    code: 'empty_file',
    message: `${name} has no rows: only line 1, with ${columns.join(', ')}.`,
    hint: 'Choose a table with at least one row below its header.',
  })
