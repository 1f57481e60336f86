import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { Probe, Source, TextEncoding } from '@shared/contract/schemas.ts'
import type { Row } from '@shared/formats/read-record.ts'
import { NewlineNormaliser } from '@shared/text/clean.ts'
import { detectRoles } from '@shared/text/records.ts'
import { kindOfText, sniff } from '@shared/text/sniff.ts'
import { badEncoding, countLines, createValidator, nulByte, openSource } from '../io/source-text.ts'
import { createCellReader, createRowReader } from './read-rows.ts'
import { columnNames, looksLikeHeader } from './table-shape.ts'

const HEAD_BYTES = 1024 * 1024
const PREVIEW_LINES = 40
const PREVIEW_CHARACTERS = 400
const SAMPLE_ROWS = 20
const CELL_CHARACTERS = 400

/**
 * Looks at the first MiB of a source: what it is, how it is encoded, which columns it has and what they may be for. A file that cannot
 * be used comes back with `error`; nothing is thrown for what the file holds.
 */
export async function probeFile(path: string, source: Source, encoding?: TextEncoding): Promise<Probe> {
  const blank: Probe = {
    source,
    kind: 'text',
    encoding: encoding ?? 'utf-8',
    previewLines: [],
    columns: [],
    hasHeader: false,
    delimiter: '',
    sampleRows: [],
    roles: {},
    suggestedPurpose: 'pretrain',
    detected: 'plain text',
  }
  try {
    const { text, encoding: found, whole } = await readHead(path, source, encoding)
    const known = { ...blank, encoding: found, previewLines: firstLines(text) }
    try {
      return { ...known, ...describe(text, source.name, whole) }
    } catch (error) {
      return { ...known, error: toErrorData(error) }
    }
  } catch (error) {
    return { ...blank, error: toErrorData(error) }
  }
}

async function readHead(path: string, { name }: Source, wanted: TextEncoding | undefined) {
  const handle = await openSource(path, name)
  try {
    const { size } = await handle.stat()
    const head = Buffer.alloc(Math.min(HEAD_BYTES, size))
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    const bytes = head.subarray(0, bytesRead)
    const whole = bytesRead === size
    if (size === 0) throw noText(name)
    const sniffed = sniff(bytes)
    // Whoever says that it is UTF-16 may be right: without Latin letters it cannot be told from binary data.
    if (sniffed.binary !== undefined && (wanted ?? 'utf-8') === 'utf-8') throw binaryFile(name, sniffed.binary)
    const encoding = wanted ?? (sniffed.binary === undefined ? sniffed.encoding : 'utf-8')
    const text = decodeHead(bytes, name, encoding, whole)
    const nul = text.indexOf('\0')
    if (nul >= 0) throw nulByte(name, countLines(text.slice(0, nul)) + 1)
    if (whole && text.trim() === '') throw noText(name)
    return { text, encoding, whole }
  } finally {
    await handle.close()
  }
}

/** Strictly; only a character cut off by the end of the head is let go. */
function decodeHead(bytes: Uint8Array, name: string, encoding: TextEncoding, whole: boolean): string {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const newlines = new NewlineNormaliser()
  try {
    return newlines.push(decoder.decode(bytes, { stream: !whole })) + newlines.end()
  } catch {
    const validator = createValidator(encoding)
    validator.push(bytes)
    throw badEncoding({ name, encoding }, validator.end() ?? { line: 1, count: 1 })
  }
}

export const noText = (name: string): AppError =>
  new AppError({
    code: 'empty_file',
    message: `${name} has no text in it.`,
    hint: 'Choose a file with some text.',
  })

const binaryFile = (name: string, what: string): AppError =>
  new AppError({
    code: 'binary_file',
    message: `${name} looks like ${what}, not like text.`,
    hint: 'Take it off the list, and choose a text, CSV or JSON file. An office document can be saved as plain text.',
  })

const firstLines = (text: string): string[] =>
  text
    .slice(0, PREVIEW_LINES * PREVIEW_CHARACTERS * 4)
    .split('\n', PREVIEW_LINES)
    .map((line) => line.slice(0, PREVIEW_CHARACTERS))

function describe(text: string, name: string, whole: boolean): Partial<Probe> {
  const { kind, delimiter } = kindOfText(whole && !text.endsWith('\n') ? `${text}\n` : text, name)
  if (kind === 'text' || kind === 'markdown') {
    return { kind, detected: kind === 'markdown' ? 'Markdown' : 'plain text' }
  }
  if (kind === 'json' || kind === 'jsonl') {
    const reader = createRowReader({ kind, delimiter: '', hasHeader: false }, name)
    const objects = records(readRows(reader, text, whole), name, whole)
    const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))]
    return {
      kind,
      ...withRoles(
        columns,
        objects.map((object) => columns.map((column) => cellText(object[column]))),
      ),
    }
  }
  const rows = records(readRows(createCellReader({ kind, delimiter }), text, whole), name, whole)
  const hasHeader = looksLikeHeader(rows)
  const body = hasHeader ? rows.slice(1) : rows
  if (body.length === 0) {
    throw new AppError({
      code: 'empty_file',
      message: `${name} has no rows: only line 1, with ${rows[0]?.join(', ')}.`,
      hint: 'Choose a table with at least one row below its header.',
    })
  }
  return { kind, delimiter, hasHeader, ...withRoles(columnNames(rows[0] ?? [], hasHeader), body) }
}

/** All rows of the head. The last one is left out where the head cuts it. */
function readRows<T>(
  reader: { push(chunk: string): Row<T>[]; end(): Row<T>[] },
  text: string,
  whole: boolean,
): Row<T>[] {
  const rows = reader.push(text)
  if (whole) rows.push(...reader.end())
  return rows
}

/** The rows that could be read; AppError 'malformed' with the first fault when there is none. */
function records<T>(rows: Row<T>[], name: string, whole: boolean): T[] {
  const good = rows.flatMap((row) => (row.problem ? [] : [row.record]))
  if (good.length > 0) return good
  const bad = rows.find((row) => row.problem)
  if (!bad && !whole) {
    throw new AppError({
      code: 'unsupported',
      message: `${name}: its first record is longer than ${HEAD_BYTES / 1024 / 1024} MiB.`,
      hint: 'Cut it into smaller records, or choose it as plain text.',
    })
  }
  throw new AppError(
    bad?.problem
      ? {
          code: 'malformed',
          message: `${name}: no row can be read. Line ${bad.line}: ${bad.problem.reason}`,
          hint: 'Correct the file, then choose it again.',
          details: { line: bad.line, excerpt: bad.problem.excerpt },
        }
      : { code: 'empty_file', message: `${name} has no records.`, hint: 'Choose a file with at least one record.' },
  )
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
