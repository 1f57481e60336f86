import type { Edit } from '@shared/contract/cleaning.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { Dataset, Purpose } from '@shared/contract/schemas.ts'
import { isBlank } from '@shared/text/is-blank.ts'
import { SourceText } from '../io/source-text.ts'
import type { ImportFile, JobTools } from '../task.ts'
import type { CleaningSink } from './cleaning-sink.ts'
import { onlyTextColumn, readJsonlTexts } from './jsonl-texts.ts'
import { LineEdits } from './line-edits.ts'
import { noText } from './no-text.ts'
import type { Problems } from './problems.ts'
import { isProse, proseOf, rowsOf } from './source-rows.ts'
import { RowTaker } from './take-rows.ts'

export interface Reading {
  /** The file's number among the sources. */
  number: number
  purpose: Purpose
  sink: CleaningSink
  problems: Problems
  repair: boolean
  /** Edits of this file by their line. */
  edits: ReadonlyMap<number, Edit>
  signal: AbortSignal
  guard?: JobTools['guard']
  /** Told after every chunk how many bytes of the file were read; true ends the reading early. */
  onBytes: (bytes: number) => boolean
}

/** Reads one file into the sink; also says how many records were mended. Throws AppError for what is wrong with it as a whole. */
export async function readFile(
  file: ImportFile,
  reading: Reading,
): Promise<{ source: Dataset['sources'][number]; repaired: number }> {
  const source = new SourceText(file)
  const repaired = isProse(file) ? await readProse(file, source, reading) : await readRecords(file, source, reading)
  const { name, kind, encoding, invalid, sampleOf } = file
  return {
    source: {
      name,
      bytes: source.bytesRead,
      sha256: source.sha256(),
      kind,
      encoding,
      ...(sampleOf ? { sample: sampleOf } : {}),
      ...(source.invalidBytes > 0 && invalid ? { invalid: { bytes: source.invalidBytes, handling: invalid } } : {}),
    },
    repaired,
  }
}

async function readProse(file: ImportFile, source: SourceText, reading: Reading): Promise<number> {
  const { sink, number, edits, signal, onBytes } = reading
  const place = { file: number, name: file.name, line: 0 }
  const edited = edits.size > 0 ? new LineEdits(edits) : null
  const take = (piece: string | null) => (piece === null ? sink.skipLine(place) : sink.addText(piece, place))
  let blank = true
  for await (const chunk of proseOf(file, source, signal)) {
    blank &&= isBlank(chunk.toString())
    if (edited) for (const piece of edited.push(chunk.toString())) take(piece)
    else if (typeof chunk === 'string') sink.addText(chunk, place)
    else sink.addBytes(chunk, place)
    if (onBytes(source.bytesRead)) break
  }
  if (edited) for (const piece of edited.end()) take(piece)
  if (blank) throw noText(file.name)
  sink.endText()
  sink.lineEnds += source.lineEnds
  return 0
}

async function readRecords(file: ImportFile, source: SourceText, reading: Reading): Promise<number> {
  const { sink, onBytes } = reading
  const taker = new RowTaker({ ...reading, file, take: (record, place) => sink.add(record, place) })
  const column = onlyTextColumn(file, source, reading)
  if (column !== null) await readJsonlTexts(file, column, source, taker, reading)
  else {
    for await (const rows of rowsOf(file, source, reading)) {
      taker.take(rows)
      if (onBytes(source.bytesRead)) break
    }
  }
  if (taker.good > 0) return taker.repaired
  throw taker.bad === 0 ? noRecords(file.name) : allMalformed(file.name, taker.bad, taker.firstProblem)
}

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
