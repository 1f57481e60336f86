import type { FileKind, Probe } from '@shared/contract/schemas.ts'
import { counted, formatCount, formatShort } from './format.ts'

export const KIND_NAMES: Record<FileKind, string> = {
  text: 'Text',
  markdown: 'Markdown',
  csv: 'CSV',
  tsv: 'TSV',
  json: 'JSON',
  jsonl: 'JSONL',
  html: 'HTML',
  docx: 'DOCX',
  epub: 'EPUB',
  pdf: 'PDF',
  parquet: 'Parquet',
}

/** Kinds that any text may be read as. */
const TEXT_KINDS: readonly FileKind[] = ['text', 'csv', 'json', 'jsonl', 'html']

/** What a file may be read as; one entry where there is no choice, as with a document. */
export function readingKinds({ kind }: Probe): { value: FileKind; label: string }[] {
  const isText = TEXT_KINDS.includes(kind) || kind === 'tsv' || kind === 'markdown'
  const kinds = isText ? [...new Set<FileKind>([kind, ...TEXT_KINDS])] : [kind]
  return kinds.map((value) => ({ value, label: value === 'csv' && kind !== 'csv' ? 'Table (CSV)' : KIND_NAMES[value] }))
}

/** How many rows there are and which of them cannot be read: "120 rows, 2 cannot be read: line 3 (…), line 7 (…)". */
export function rowsText({ rows, kind }: Probe): string {
  if (!rows) return ''
  const noun = kind === 'csv' || kind === 'tsv' || kind === 'parquet' ? 'row' : 'record'
  const all = `${rows.whole ? '' : 'First MiB: '}${counted(rows.count, noun)}`
  if (rows.bad === 0) return all
  const named = rows.problems.map(({ line, reason }) => `line ${formatCount(line)} (${reason.replace(/\.$/, '')})`)
  const more = rows.bad > named.length ? ', …' : ''
  return `${all}, ${formatCount(rows.bad)} cannot be read: ${named.join(', ')}${more}`
}

/** Characters to a line from which its lines cannot be told from the beginning: it may hold no whole one. */
const VERY_LONG_LINE = 100_000

/** How large running text is: "20,026 characters, 633 lines"; with "about" where only its beginning was counted. */
export function sizeText({ size }: Probe): string {
  if (!size) return ''
  const { characters, lines, exact } = size
  const number = (count: number) => (exact ? formatCount(count) : `about ${formatShort(count)}`)
  const unit = (count: number, noun: string) => `${number(count)} ${noun}${count === 1 ? '' : 's'}`
  const text = unit(characters, 'character')
  return !exact && characters > lines * VERY_LONG_LINE
    ? `${text} in very long lines`
    : `${text}, ${unit(lines, 'line')}`
}
