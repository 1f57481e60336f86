import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { Probe, Reading, Source } from '@shared/contract/schemas.ts'
import { isBlank } from '@shared/text/is-blank.ts'
import { kindOfText, tableKind } from '@shared/text/kind-of-text.ts'
import { badEncoding, openSource } from '../io/source-text.ts'
import { TextCounts } from './counts.ts'
import { documentText, kindOfArchive, type DocumentKind } from './extract/document.ts'
import { HtmlText } from './extract/html-text.ts'
import { openParquet } from './extract/parquet.ts'
import { readHead } from './head.ts'
import { noText } from './no-text.ts'
import { describeObjects, describeRecords, describeTable, noRows } from './probe-records.ts'
import { decodeHead } from './probe-text.ts'

const PREVIEW_LINES = 40
const PREVIEW_CHARACTERS = 400
/** Characters of a document's text that are taken out of it for a look. */
const DOCUMENT_CHARACTERS = 32 * 1024
/** Rows of a Parquet table that are looked at. */
const PARQUET_ROWS = 100

/** What is known of a file before it is looked at. */
export const blankProbe = (source: Source, reading: Reading): Probe => ({
  source,
  kind: 'text',
  gzip: false,
  encoding: reading.encoding ?? 'utf-8',
  encodingFound: '',
  encodingSamples: [],
  invalid: null,
  note: '',
  size: null,
  previewLines: [],
  columns: [],
  hasHeader: false,
  delimiter: '',
  sampleRows: [],
  rows: null,
  roles: {},
  suggestedPurpose: 'pretrain',
  detected: 'plain text',
})

/**
 * Looks at the first MiB of a source: what it is, how it is encoded, which columns it has and what they may be for. What `reading` says
 * comes before what the content shows. A file that cannot be used comes back with `error`; nothing is thrown for what it holds.
 */
export async function probeFile(path: string, source: Source, reading: Reading = {}): Promise<Probe> {
  const probe = blankProbe(source, reading)
  try {
    // Written into step by step, so that what was found before an error is kept.
    await look(path, reading, probe)
    return probe
  } catch (error) {
    return { ...probe, error: toErrorData(error) }
  }
}

async function look(path: string, reading: Reading, probe: Probe): Promise<void> {
  const { name } = probe.source
  const handle = await openSource(path, name)
  try {
    const head = await readHead(handle, name)
    probe.gzip = head.gzip
    const { sniffed } = head
    if (head.bytes.length === 0) throw noText(name)
    if (sniffed.container !== undefined) {
      if (head.gzip) throw packedTwice(name)
      if (sniffed.container === 'parquet') return await lookAtParquet(path, probe)
      if (sniffed.container === 'pdf') return await lookAtDocument('pdf', path, probe)
      return await lookAtDocument(await kindOfArchive(path, name), path, probe)
    }
    // Whoever says that it is UTF-16 may be right: without Latin letters it cannot be told from binary data.
    const isWide = reading.encoding === 'utf-16le' || reading.encoding === 'utf-16be'
    if (sniffed.binary !== undefined && !isWide) throw binaryFile(name, sniffed.binary)
    const { text, faults, ...decoded } = await decodeHead(handle, name, head, reading.encoding)
    Object.assign(probe, decoded, { previewLines: firstLines(text) })
    if (head.whole || !head.gzip) probe.size = sizeOf(text, head.whole ? 1 : probe.source.bytes / head.bytes.length)
    if (head.whole && isBlank(text)) throw noText(name)
    const handling = reading.invalid ?? 'refuse'
    if (faults) probe.invalid = { bytes: faults.bytes, line: faults.line, handling }
    lookAtText(text, head.whole, reading, probe)
    if (faults && handling === 'refuse') throw badEncoding({ name, encoding: probe.encoding }, faults)
  } finally {
    await handle.close()
  }
}

function lookAtText(text: string, whole: boolean, reading: Reading, probe: Probe): void {
  const { name } = probe.source
  const found = kindOfText(whole && !text.endsWith('\n') ? `${text}\n` : text, name)
  const delimiter = reading.delimiter ?? (found.delimiter || ',')
  const wanted = reading.kind ?? (reading.delimiter === undefined ? found.kind : 'csv')
  const kind = wanted === 'csv' || wanted === 'tsv' ? tableKind(delimiter) : wanted
  probe.kind = kind
  if (kind === 'json' || kind === 'jsonl')
    Object.assign(probe, { size: null }, describeRecords(kind, text, name, whole))
  else if (kind === 'csv' || kind === 'tsv') {
    // A table without rows has nothing but names.
    Object.assign(probe, { delimiter, hasHeader: reading.hasHeader ?? true, size: null })
    Object.assign(probe, describeTable({ kind, delimiter }, text, name, whole, reading.hasHeader))
  } else if (kind === 'html') {
    const html = new HtmlText(name)
    const page = html.push(text) + (whole ? html.end() : '')
    if (whole && isBlank(page)) throw noText(name)
    Object.assign(probe, { detected: 'web page', previewLines: firstLines(page), size: whole ? sizeOf(page, 1) : null })
  } else probe.detected = kind === 'markdown' ? 'Markdown' : 'plain text'
}

/** Counts a text that is the whole, or one of so many `parts` like it. */
function sizeOf(text: string, parts: number): Probe['size'] {
  const counts = new TextCounts()
  counts.add(Buffer.from(text))
  counts.endText()
  const characters = Math.round(counts.characters * parts)
  return { characters, lines: Math.round(counts.lines * parts), exact: parts === 1 }
}

const DOCUMENT_NAMES: Record<DocumentKind, string> = { docx: 'Word document', epub: 'EPUB book', pdf: 'PDF document' }

async function lookAtDocument(kind: DocumentKind, path: string, probe: Probe): Promise<void> {
  const { name } = probe.source
  Object.assign(probe, { kind, detected: DOCUMENT_NAMES[kind] })
  let text = ''
  let pieces = 0
  let blank = 0
  for await (const chunk of documentText(kind, path, name, new AbortController().signal)) {
    pieces++
    if (chunk === '') blank++
    text += chunk
    if (text.length >= DOCUMENT_CHARACTERS) break
  }
  probe.previewLines = firstLines(text)
  if (isBlank(text)) throw kind === 'pdf' ? scanned(name) : noText(name)
  if (kind === 'pdf') probe.note = pdfNote(pieces, blank)
}

/** What to expect of a PDF's text. */
function pdfNote(pages: number, blank: number): string {
  const missing = blank === 0 ? '' : ` ${blank} of the first ${pages} pages have no text: they may be pictures.`
  return `A PDF says where letters stand, not in which order they are read: lines may be out of order or hyphenated, with page numbers between them. Look at the lines below before you use it.${missing}`
}

async function lookAtParquet(path: string, probe: Probe): Promise<void> {
  const { name } = probe.source
  probe.kind = 'parquet'
  const table = await openParquet(path, name)
  const rows = await table.first(PARQUET_ROWS)
  if (rows.length === 0) throw noRows(name, table.columns)
  Object.assign(probe, describeObjects(table.columns, rows), {
    rows: { count: table.rows, whole: true, bad: 0, problems: [] },
  })
}

const firstLines = (text: string): string[] =>
  text
    .slice(0, PREVIEW_LINES * PREVIEW_CHARACTERS * 4)
    .split('\n', PREVIEW_LINES)
    .map((line) => line.slice(0, PREVIEW_CHARACTERS))

const scanned = (name: string): AppError =>
  new AppError({
    code: 'empty_file',
    message: `${name} has no text in it: its pages are pictures, as a scanner makes them.`,
    hint: 'Have its text recognised first (OCR), then choose the result.',
  })

const packedTwice = (name: string): AppError =>
  new AppError({
    code: 'unsupported',
    message: `${name} holds another packed file.`,
    hint: 'Unpack it, and choose what is inside.',
  })

const binaryFile = (name: string, what: string): AppError =>
  new AppError({
    code: 'binary_file',
    message: `${name} looks like ${what}, not like text.`,
    hint: 'Take it off the list, and choose a text, a table or a document.',
  })
