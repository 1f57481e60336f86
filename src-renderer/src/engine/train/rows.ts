import { advanceCursor, takeExamples } from './order.ts'
import type { EvalSet, TrainingSource } from './batches.ts'
import type { Batch } from '@engine/model/session.ts'

/** Training over rows held in memory, in seeded order; `collate` makes the batch of exactly B rows. */
export function rowTraining<Row>(
  rows: readonly Row[],
  B: number,
  seed: number,
  lengthOf: (row: Row) => number,
  collate: (rows: readonly Row[]) => Batch,
): TrainingSource {
  const sizeOf = () => rows.length
  return {
    at(cursor) {
      const picked = takeExamples(cursor, B, seed, sizeOf).map(({ example }) => rows[example]!)
      return { batch: collate(picked), tokens: picked.reduce((sum, row) => sum + lengthOf(row), 0) }
    },
    advance: (cursor) => advanceCursor(cursor, B, sizeOf),
  }
}

/** At most `most` batches of rows spread evenly over a part, always the same ones; the last may hold fewer than B rows. */
export function rowEvaluation<Row>(
  rows: readonly Row[],
  B: number,
  most: number,
  collate: (rows: readonly Row[]) => Batch,
): EvalSet {
  const count = Math.min(rows.length, most * B)
  return {
    length: Math.ceil(count / B),
    batch(i) {
      const mine = Math.min(B, count - i * B)
      return collate(Array.from({ length: mine }, (_, r) => rows[Math.floor(((i * B + r) * rows.length) / count)]!))
    },
  }
}

/** The T that holds the longest of `lengths`, rounded up to a multiple of 8 (faster), never over `most`. At least 1. */
export function fittingLength(lengths: Iterable<number>, most: number): number {
  let longest = 1
  for (const length of lengths) longest = Math.max(longest, length)
  return Math.min(most, Math.ceil(longest / 8) * 8)
}
