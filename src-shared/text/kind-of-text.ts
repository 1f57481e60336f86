import type { FileKind } from '../contract/schemas.ts'
import { CsvReader } from '../formats/csv.ts'
import { detectRoles } from './records.ts'

export interface KindOfText {
  kind: FileKind
  /** Of delimited text; empty otherwise. */
  delimiter: string
}

const DELIMITERS = ['\t', ',', ';', '|'] as const
/** Characters of a table that are looked at to find its delimiter. */
const TABLE_CHARACTERS = 64 * 1024
/** Share of rows that must agree on their number of cells before text counts as a table. */
const AGREE_SHARE = 0.6

const prose = (kind: FileKind): KindOfText => ({ kind, delimiter: '' })

/**
 * Kind of a decoded text by its content, with the file's name only as the casting vote: between prose and a table whose columns have
 * no known names, and between plain text and Markdown. `head` is the first part of the text; its last line may be cut.
 */
export function kindOfText(head: string, name: string): KindOfText {
  const text = head.trimStart()
  const extension = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const lines = head.split(/\r\n|\n|\r/)
  if (lines.length > 1) lines.pop()
  const filled = lines.filter((line) => line.trim() !== '')

  if (looksLikeHtml(text)) return prose('html')
  if (/^\[\s*(\{|\])/.test(text)) return prose('json')
  if (text.startsWith('{')) {
    const objects = filled.filter((line) => line.trimStart().startsWith('{')).length
    const perLine = extension === 'jsonl' || extension === 'ndjson' || objects > filled.length / 2
    return prose(perLine ? 'jsonl' : 'json')
  }
  if (extension === 'jsonl' || extension === 'ndjson') return prose('jsonl')
  if (extension === 'json') return prose('json')

  const table = delimiterOf(head)
  if (extension === 'csv' || extension === 'tsv' || extension === 'tab') {
    const delimiter = table?.delimiter ?? (extension === 'csv' ? ',' : '\t')
    return { kind: tableKind(delimiter), delimiter }
  }
  // Prose has commas too: without a name that says so, only tabs make a table, or a first line of known column names.
  if (table && table.rows.length > 1 && (table.delimiter === '\t' || hasKnownHeader(table))) {
    return { kind: tableKind(table.delimiter), delimiter: table.delimiter }
  }
  return prose(extension === 'md' || extension === 'markdown' ? 'markdown' : 'text')
}

/** Between tabs quotation marks mean themselves, which is what makes TSV a kind of its own. */
export const tableKind = (delimiter: string): 'csv' | 'tsv' => (delimiter === '\t' ? 'tsv' : 'csv')

/** A document type, or the root element, behind comments and an XML declaration. */
const looksLikeHtml = (text: string) =>
  /^(?:<\?xml[^>]{0,200}\?>\s*|<!--(?:[^-]|-(?!->)){0,2000}-->\s*)*<(?:!doctype\s+html|html[\s>])/i.test(text)

interface Table {
  delimiter: string
  /** Rows that agree with the first one, and how many there are in all. */
  rows: string[][]
  all: number
}

const hasKnownHeader = ({ rows, all }: Table) =>
  rows.length === all && detectRoles(rows[0] ?? [], []).convention !== 'unknown columns'

/** The delimiter that cuts the most rows into as many cells as the first, at least two; null when none does. Quoted cells are minded. */
function delimiterOf(head: string): Table | null {
  let best: Table | null = null
  for (const delimiter of DELIMITERS) {
    const reader = new CsvReader({ delimiter, quoting: delimiter !== '\t' })
    const all = reader.push(head.slice(0, TABLE_CHARACTERS))
    // A last row that is cut is left out, unless it is all there is.
    if (head.length < TABLE_CHARACTERS || all.length === 0) all.push(...reader.end())
    const rows = all.flatMap(({ record }) => (record ? [record] : []))
    const width = rows[0]?.length ?? 0
    if (width > 1 && rows.length > (best?.rows.length ?? 0) && rows.length >= all.length * AGREE_SHARE) {
      best = { delimiter, rows, all: all.length }
    }
  }
  return best
}
