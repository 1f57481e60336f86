import type { Edit } from '@shared/contract/cleaning.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import type { Purpose } from '@shared/contract/schemas.ts'
import { csvRow } from '@shared/formats/csv-row.ts'
import { CsvReader } from '@shared/formats/csv.ts'
import { parseObject } from '@shared/formats/parse-object.ts'
import { excerpt, type JsonObject, type Row } from '@shared/formats/read-record.ts'
import { repairJson } from '@shared/text/clean/repair-json.ts'
import { expandedRoles, expandRow } from '@shared/text/chat-records.ts'
import { recordMaker, type StudioRecord } from '@shared/text/records.ts'
import type { ImportFile } from '../task.ts'
import type { StoredFile } from './keep-source.ts'
import type { Place, Problems } from './problems.ts'
import { isProse } from './source-rows.ts'

interface Options {
  file: ImportFile
  /** Its number among the sources. */
  number: number
  purpose: Purpose
  /** Whether what has one reading is mended. */
  repair: boolean
  /** What this file's records are read as, by their physical line. */
  edits: ReadonlyMap<number, Edit>
  problems: Problems
  take: (record: StudioRecord, place: Place) => void
}

/** Makes records of the rows of one file: edits and repairs in place of what stands there, the rest taken or reported. */
export class RowTaker {
  good = 0
  bad = 0
  repaired = 0
  /** The first problem, in words with its line. */
  firstProblem = ''

  private readonly make: RecordFromRow
  /** Whether a row is several records. */
  private readonly isNested: boolean

  constructor(private readonly options: Options) {
    const { file, purpose } = options
    const roles = expandedRoles(file.roles)
    this.isNested = roles !== file.roles
    this.make = recordFromRow(roles, purpose)
  }

  take(rows: readonly Row<JsonObject>[]): void {
    for (const row of rows) this.takeRow(row)
  }

  private takeRow(row: Row<JsonObject>): void {
    const { file, edits } = this.options
    const edit = edits.size === 0 ? undefined : edits.get(row.line)
    if (edit?.text === null) return
    const read = edit ? readEdit(file, edit.text, row.line) : row
    if (!this.isNested) return this.takeOne(read, edit !== undefined)
    for (const one of expandRow(read, file.roles)) this.takeOne(one, edit !== undefined)
  }

  private takeOne(row: Row<JsonObject>, edited: boolean): void {
    const { file, number, take } = this.options
    const place = { file: number, name: file.name, line: row.line }
    const made = this.make(row)
    if (made.record) {
      this.good++
      return take(made.record, place)
    }
    const repaired = edited ? null : this.repair(row)
    if (repaired && this.options.repair) {
      this.good++
      this.repaired++
      this.report('malformed', place, row, `${made.reason} It was mended: ${repaired.how.join(', ')}.`, null, false)
      return repaired.records.forEach((record) => take(record, place))
    }
    this.bad++
    if (this.firstProblem === '') this.firstProblem = `line ${row.line}: ${made.reason}`
    this.report(made.empty ? 'empty' : 'malformed', place, row, made.reason, repaired?.text ?? null, true)
  }

  private repair(row: Row<JsonObject>): { records: StudioRecord[]; text: string; how: string[] } | null {
    const { file } = this.options
    if (isTable(file) || row.problem?.text === undefined) return null
    const mended = repairJson(row.problem.text)
    if (!mended) return null
    const made = expandRow(parseObject(mended.text, row.line), file.roles).map((one) => this.make(one).record)
    const records = made.filter((record) => record !== undefined)
    return records.length > 0 && records.length === made.length ? { records, ...mended } : null
  }

  private report(
    kind: 'malformed' | 'empty',
    place: Place,
    row: Row<JsonObject>,
    reason: string,
    repaired: string | null,
    leftOut: boolean,
  ): void {
    const text = row.problem ? row.problem.text : textOf(this.options.file, row.record)
    this.options.problems.add(kind, place, {
      reason,
      excerpt: () => (row.problem ? row.problem.excerpt : excerpt(JSON.stringify(row.record))),
      text: text !== undefined && text.length <= LIMITS.editCharacters ? text : undefined,
      repaired,
      leftOut,
    })
  }
}

const isTable = ({ kind }: StoredFile): boolean => kind === 'csv' || kind === 'tsv'

const csvOptions = ({ delimiter, kind }: StoredFile) => ({ delimiter, quoting: kind !== 'tsv' })

type RecordFromRow = (row: Row<JsonObject>) => { record?: StudioRecord; reason: string; empty: boolean }

function recordFromRow(roles: ImportFile['roles'], purpose: Purpose): RecordFromRow {
  const make = recordMaker(roles, purpose)
  return (row) => {
    if (row.problem) return { reason: row.problem.reason, empty: row.problem.text?.trim() === '' }
    const { record, reason } = make(row.record)
    if (record) return { record, reason: '', empty: false }
    return { reason, empty: /” is empty;/.test(reason) }
  }
}

/** Why an edited record, or line of running text, cannot be used; null when it can. */
export function editFault(file: StoredFile, purpose: Purpose, text: string, line: number): string | null {
  if (isProse(file)) return text.includes('\n') ? 'One line was expected; these are several.' : null
  const make = recordFromRow(expandedRoles(file.roles), purpose)
  for (const row of expandRow(readEdit(file, text, line), file.roles)) {
    const { record, reason } = make(row)
    if (!record) return reason
  }
  return null
}

/** A record as a line of its file. */
const textOf = (file: StoredFile, record: JsonObject): string =>
  isTable(file)
    ? csvRow(
        Object.values(record).map((cell) => (typeof cell === 'string' ? cell : '')),
        csvOptions(file),
      )
    : JSON.stringify(record)

/** An edited line, read as its file is. */
function readEdit(file: StoredFile, text: string, line: number): Row<JsonObject> {
  if (!isTable(file)) return parseObject(text, line)
  const reader = new CsvReader(csvOptions(file))
  const [row, ...more] = [...reader.push(`${text.replace(/\n+$/, '')}\n`), ...reader.end()]
  const columns = Object.keys(file.roles)
  if (!row || row.problem || more.length > 0 || row.record.length !== columns.length) {
    const found = row?.record ? `${row.record.length} cells` : 'no whole row'
    const reason =
      row?.problem?.reason ??
      (more.length > 0
        ? 'These are several rows; one was expected.'
        : `${columns.length} cells were expected; there ${row?.record?.length === 1 ? 'is' : 'are'} ${found}.`)
    return { line, problem: { reason, excerpt: excerpt(text), text } }
  }
  const cells = row.record
  return { line, record: Object.fromEntries(columns.map((name, i) => [name, cells[i]])) }
}
