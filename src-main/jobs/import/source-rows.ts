import type { JsonObject, Row } from '@shared/formats/read-record.ts'
import type { SourceText } from '../io/source-text.ts'
import type { ImportFile, JobTools } from '../task.ts'
import { documentText, isDocument } from './extract/document.ts'
import { HtmlText } from './extract/html-text.ts'
import { openParquet } from './extract/parquet.ts'
import { createRowReader, isRowKind } from './read-rows.ts'

/** Whether a file is running text rather than records. */
export const isProse = ({ kind }: Pick<ImportFile, 'kind'>): boolean => kind !== 'parquet' && !isRowKind(kind)

/**
 * The running text of a file of any kind, in chunks with LF line ends: as bytes where that is what the file holds, see SourceText.blocks.
 * `source` has read all of the file at the end.
 */
export async function* proseOf(
  file: ImportFile,
  source: SourceText,
  signal: AbortSignal,
): AsyncGenerator<string | Buffer> {
  const { kind, path, name } = file
  if (isDocument(kind)) {
    yield* documentText(kind, path, name, signal)
    // Documents are read out of order, so their hash takes a pass of its own.
    return await source.readBytes(signal)
  }
  if (kind !== 'html') return yield* source.isUtf8 ? source.blocks(signal) : source.chunks(signal)
  const html = new HtmlText(name)
  for await (const chunk of source.chunks(signal)) yield html.push(chunk)
  yield html.end()
}

/** The records of a file, some at a time, each with the line it begins on (in a Parquet table: the row's number). */
export async function* rowsOf(
  file: ImportFile,
  source: SourceText,
  tools: Pick<JobTools, 'signal' | 'guard'>,
): AsyncGenerator<Row<JsonObject>[]> {
  const { signal } = tools
  const { kind, path, name, delimiter, hasHeader, roles } = file
  if (kind === 'parquet') {
    const table = await openParquet(path, name)
    const wanted = table.columns.filter((column) => (roles[column] ?? 'ignore') !== 'ignore')
    yield* table.groups(wanted, tools)
    return await source.readBytes(signal)
  }
  if (!isRowKind(kind)) throw new Error(`${kind} has no records`)
  const reader = createRowReader({ kind, delimiter, hasHeader }, name)
  for await (const chunk of source.chunks(signal)) yield reader.push(chunk)
  yield reader.end()
}
