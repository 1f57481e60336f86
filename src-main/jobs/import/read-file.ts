import { AppError } from '@shared/contract/errors.ts'
import type { Dataset, Purpose } from '@shared/contract/schemas.ts'
import { toRecord } from '@shared/text/records.ts'
import { SourceText } from '../io/source-text.ts'
import type { ImportFile } from '../task.ts'
import { noText } from './probe.ts'
import type { Problems } from './problems.ts'
import { createRowReader, type RecordFormat } from './read-rows.ts'
import type { Sink } from './sink.ts'

interface Reading {
  purpose: Purpose
  sink: Sink
  problems: Problems
  signal: AbortSignal
  /** Told after every chunk how many bytes of the file were read. */
  onBytes: (bytes: number) => void
}

/** Reads one file into the sink. Throws AppError for what is wrong with it as a whole. */
export async function readFile(file: ImportFile, reading: Reading): Promise<Dataset['sources'][number]> {
  const source = new SourceText(file)
  const format = recordFormat(file)
  await (format ? readRecords(file, format, source, reading) : readProse(file.name, source, reading))
  const { name, kind, encoding } = file
  return { name, bytes: source.bytesRead, sha256: source.sha256(), kind, encoding }
}

/** Null for running text. */
function recordFormat({ kind, delimiter, hasHeader }: ImportFile): RecordFormat | null {
  return kind === 'text' || kind === 'markdown' ? null : { kind, delimiter, hasHeader }
}

async function readProse(name: string, source: SourceText, { sink, signal, onBytes }: Reading): Promise<void> {
  let blank = true
  for await (const chunk of source.chunks(signal)) {
    blank &&= chunk.trim() === ''
    sink.addText(chunk)
    onBytes(source.bytesRead)
  }
  if (blank) throw noText(name)
  sink.endText()
}

async function readRecords(
  file: ImportFile,
  format: RecordFormat,
  source: SourceText,
  reading: Reading,
): Promise<void> {
  const { purpose, sink, problems, signal, onBytes } = reading
  const reader = createRowReader(format, file.name)
  let good = 0
  let bad = 0
  let first = ''
  const take = (rows: ReturnType<typeof reader.push>) => {
    for (const row of rows) {
      const made = row.problem ? row.problem : toRecord(row.record, file.roles, purpose)
      if ('record' in made && made.record) {
        sink.add(made.record)
        good++
        continue
      }
      const reason = made.reason as string
      const excerpt = row.problem ? row.problem.excerpt : excerptOf(row.record)
      problems.add({ file: file.name, line: row.line, reason, excerpt })
      if (++bad === 1) first = `line ${row.line}: ${reason}`
    }
  }
  for await (const chunk of source.chunks(signal)) {
    take(reader.push(chunk))
    onBytes(source.bytesRead)
  }
  take(reader.end())
  if (good > 0) return
  throw bad === 0 ? noRecords(file.name) : allMalformed(file.name, bad, first)
}

const excerptOf = (record: Record<string, unknown>) => JSON.stringify(record).slice(0, 120)

const noRecords = (name: string) =>
  new AppError({
    code: 'empty_file',
    message: `${name} has no records.`,
    hint: 'Choose a file with at least one record.',
  })

const allMalformed = (name: string, count: number, first: string) =>
  new AppError({
    code: 'malformed',
    message: `${name}: none of its ${count.toLocaleString('en-US')} ${count === 1 ? 'record' : 'records'} can be used; ${first}`,
    hint: 'Correct the file, or choose other columns.',
    details: { count },
  })
