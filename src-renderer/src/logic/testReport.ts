import type { ClassificationReport } from '@shared/contract/schemas.ts'
import { classScores } from './confusion.ts'
import { formatCount, formatPercent } from './format.ts'

/** 95 % interval of a share `hits / total` (Wilson score interval). */
export function wilson(hits: number, total: number): { low: number; high: number } {
  if (total === 0) return { low: 0, high: 1 }
  const z = 1.96
  const p = hits / total
  const scale = 1 + (z * z) / total
  const middle = (p + (z * z) / (2 * total)) / scale
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** What the test says, in a sentence that keeps the baseline in sight. */
export function reportVerdict(report: ClassificationReport): string {
  const { accuracy, baselineAccuracy, baselineLabel, total } = report
  const points = Math.round((accuracy - baselineAccuracy) * 100)
  const { low } = wilson(Math.round(accuracy * total), total)
  if (points <= 0) {
    return `No better than always answering “${baselineLabel}”. It has not learned to tell the classes apart: train longer, or give it more texts.`
  }
  const ahead = `${points} ${points === 1 ? 'point' : 'points'} above always answering “${baselineLabel}”`
  return low <= baselineAccuracy
    ? `${ahead}, which on ${formatCount(total)} texts may still be luck.`
    : `${ahead}, on texts it had never seen.`
}

export interface ScoreRow {
  label: string
  precision: string
  recall: string
  f1: string
  support: string
}

const share = (value: number | null): string => (value === null ? '–' : formatPercent(value))

/** Precision, recall and F1 of every class. */
export const scoreRows = (report: ClassificationReport): ScoreRow[] =>
  report.labels.map((label, index) => {
    const { precision, recall, f1, support } = classScores(report.confusion, index)
    return { label, precision: share(precision), recall: share(recall), f1: share(f1), support: formatCount(support) }
  })

/** A cell of the confusion matrix in words. */
export function cellText(report: ClassificationReport, row: number, column: number): string {
  const count = report.confusion[row]?.[column] ?? 0
  const texts = `${formatCount(count)} ${count === 1 ? 'text' : 'texts'} of “${report.labels[row]}”`
  return row === column ? `${texts} recognised as such.` : `${texts} taken for “${report.labels[column]}”.`
}
