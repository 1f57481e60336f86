export interface ConfusionCell {
  row: number
  column: number
  count: number
  /** Share of the row's (true class's) texts, 0 .. 1. */
  share: number
}

/** Cells of a confusion matrix (rows true, columns predicted) with their share of the row. */
export function confusionCells(confusion: readonly (readonly number[])[]): ConfusionCell[][] {
  return confusion.map((counts, row) => {
    const total = counts.reduce((sum, n) => sum + n, 0)
    return counts.map((count, column) => ({ row, column, count, share: total === 0 ? 0 : count / total }))
  })
}

export interface ClassScores {
  /** Of the texts called this class, the share that are; null when none was called so. */
  precision: number | null
  /** Of this class's texts, the share that were found; null when there is none. */
  recall: number | null
  f1: number | null
  support: number
}

/** Precision, recall and F1 of class `index`. */
export function classScores(confusion: readonly (readonly number[])[], index: number): ClassScores {
  const hit = confusion[index]?.[index] ?? 0
  const support = (confusion[index] ?? []).reduce((sum, n) => sum + n, 0)
  const called = confusion.reduce((sum, row) => sum + (row[index] ?? 0), 0)
  const precision = called === 0 ? null : hit / called
  const recall = support === 0 ? null : hit / support
  const f1 = called + support === 0 ? null : (2 * hit) / (called + support)
  return { precision, recall, f1, support }
}
