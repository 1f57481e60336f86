import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import type { JsonObject, Row } from '@shared/formats/read-record.ts'
import { throwIfCancelled } from '../../cancel.ts'
import type { JobTools } from '../../task.ts'
import { damaged } from './archive.ts'

/** A Parquet table on disk, read one row group at a time; a row's "line" is its number, counted from 1. */
export interface ParquetTable {
  columns: string[]
  rows: number
  /** Rows [0, count), or fewer where the table ends. */
  first(count: number): Promise<JsonObject[]>
  /** All rows, a row group at a time, with only the columns asked for. */
  groups(columns: string[], tools: Pick<JobTools, 'signal' | 'guard'>): AsyncGenerator<Row<JsonObject>[]>
}

/** Longest time for a row group: a damaged page can keep its reader busy for ever. A sound one is read at 20 MB/s and more. */
const groupLimitMs = (bytes: number): number => 30_000 + bytes / 2000

/** Throws AppError 'corrupt' for a damaged file, 'too_large' for one beyond LIMITS. */
export async function openParquet(path: string, name: string): Promise<ParquetTable> {
  // Loaded when they are needed.
  const [
    { parquetMetadataAsync, parquetReadObjects, parquetSchema, toJson },
    { asyncBufferFromFile },
    { compressors },
  ] = await Promise.all([import('hyparquet'), import('hyparquet/src/node.js'), import('hyparquet-compressors')])
  const read = async <T>(work: () => Promise<T>, where?: string): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof AppError) throw error
      throw where === undefined ? damaged(name, error) : damagedGroup(name, where, 'cannot be read')
    }
  }
  const { file, metadata, columns, sizes } = await read(async () => {
    const buffer = await asyncBufferFromFile(path)
    const head = await parquetMetadataAsync(buffer)
    return {
      file: buffer,
      metadata: head,
      columns: parquetSchema(head).children.map(({ element }) => element.name),
      sizes: head.row_groups.map((group) => ({ rows: Number(group.num_rows), bytes: Number(group.total_byte_size) })),
    }
  })
  const rows = sizes.reduce((sum, group) => sum + group.rows, 0)
  if (columns.length > LIMITS.columns) throw tooManyColumns(name, columns.length)
  const large = sizes.findIndex(({ bytes }) => bytes > LIMITS.rowGroupBytes)
  if (large >= 0) throw largeGroup(name, large + 1)

  const objects = async (rowStart: number, rowEnd: number, wanted?: string[], where?: string) => {
    const found = await read(
      () =>
        parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd, ...(wanted ? { columns: wanted } : {}) }),
      where,
    )
    return found.map((row) => toJson(row) as JsonObject)
  }
  return {
    columns,
    rows,
    first: (count) => objects(0, Math.min(count, rows)),
    async *groups(wanted, { signal, guard = (_, work) => work() }) {
      let start = 0
      for (const [i, group] of sizes.entries()) {
        throwIfCancelled(signal)
        const where = `Row group ${i + 1} of ${sizes.length} (rows ${number(start + 1)} to ${number(start + group.rows)})`
        const ms = groupLimitMs(group.bytes)
        const seconds = Math.round(ms / 1000)
        const error = damagedGroup(name, where, `does not end: it was read for ${seconds} seconds`).toData()
        const records = await guard({ ms, error }, () => objects(start, start + group.rows, wanted, where))
        yield records.map((record, i) => ({ line: start + i + 1, record }))
        start += group.rows
      }
    },
  }
}

const number = (value: number): string => value.toLocaleString('en-US')

const damagedGroup = (name: string, where: string, what: string): AppError =>
  new AppError({
    code: 'corrupt',
    message: `${name} is damaged. ${where} ${what}.`,
    hint: 'Copy or download the file again; or write what can still be read of it as JSONL or CSV, and choose that.',
  })

export const tooManyColumns = (name: string, count: number): AppError =>
  new AppError({
    code: 'too_large',
    message: `${name} has ${count.toLocaleString('en-US')} columns; at most ${LIMITS.columns.toLocaleString('en-US')} are read.`,
    hint: 'Save only the columns with text and labels to a file of their own.',
  })

const largeGroup = (name: string, group: number): AppError =>
  new AppError({
    code: 'too_large',
    message: `${name}: row group ${group} is larger than ${LIMITS.rowGroupBytes / 1024 ** 3} GiB unpacked.`,
    hint: 'Write the file again with smaller row groups (some ten thousand rows), or as JSONL.',
  })
