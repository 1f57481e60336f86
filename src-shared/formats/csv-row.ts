import type { CsvOptions } from './csv.ts'

/** Cells as one line of delimited text, quoted only where it is needed (RFC 4180). Without quoting, what would end a cell becomes a space. */
export function csvRow(cells: readonly string[], { delimiter, quoting }: CsvOptions): string {
  return cells
    .map((cell) => {
      if (!quoting) return cell.replaceAll(delimiter, ' ').replace(/[\r\n]+/g, ' ')
      return /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell
    })
    .join(delimiter)
}
