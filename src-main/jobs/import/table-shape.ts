import { detectRoles } from '@shared/text/records.ts'

/** Names of the columns of a table without a header. */
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `column ${i + 1}`)

/** Longest cell that still looks like a column's name. */
const NAME_CHARACTERS = 40

/**
 * Whether the first row names the columns. It does when it holds a name known by convention; it does not when a cell is empty, a
 * number, long, a sentence, or comes again further down in its column.
 */
export function looksLikeHeader(rows: string[][]): boolean {
  const [first = [], ...others] = rows
  const { convention } = detectRoles(first, [])
  if (convention !== 'unknown columns') return true
  if (new Set(first).size < first.length) return false
  return first.every((cell, column) => {
    const name = cell.trim()
    const isName = name !== '' && name.length <= NAME_CHARACTERS && !/^[-+\d.,\s]+$|[.!?]$/.test(name)
    return isName && !others.some((row) => row[column]?.trim() === name)
  })
}

/** Column names of a table: those of its header, made distinct, or numbers. */
export function columnNames(first: string[], hasHeader: boolean): string[] {
  if (!hasHeader) return numbered(first.length)
  const seen = new Map<string, number>()
  return first.map((cell, i) => {
    const name = cell.trim() || `column ${i + 1}`
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}
