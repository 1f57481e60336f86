import type { Metric } from '@shared/contract/schemas.ts'
import type { Point } from './series.ts'

/**
 * `rows` with `more` after them. A resumed run repeats steps: rows at or after the first new step give way, as they do in main's
 * metrics file.
 */
export function appendMetrics(rows: readonly Metric[], more: readonly Metric[]): Metric[] {
  const first = more[0]
  if (!first) return [...rows]
  let keep = rows.length
  while (keep > 0 && (rows[keep - 1]?.step ?? 0) >= first.step) keep--
  return [...rows.slice(0, keep), ...more]
}

type Quantity = Exclude<keyof Metric, 'step' | 'elapsedMs' | 'skipped'>

/** One quantity over the steps, without the rows that lack it. */
export function metricPoints(rows: readonly Metric[], quantity: Quantity): Point[] {
  const points: Point[] = []
  for (const row of rows) {
    const y = row[quantity]
    if (y !== undefined && Number.isFinite(y)) points.push({ x: row.step, y })
  }
  return points
}

/** The latest value of one quantity. */
export function latest(rows: readonly Metric[], quantity: Quantity): number | null {
  for (let i = rows.length - 1; i >= 0; i--) {
    const value = rows[i]?.[quantity]
    if (value !== undefined) return value
  }
  return null
}

/** Milliseconds that `steps` optimizer steps in all still need at the pace of the last 200 rows; null before there is a pace. */
export function timeLeft(rows: readonly Metric[], steps: number): number | null {
  const last = rows.at(-1)
  const first = rows[Math.max(0, rows.length - 200)]
  if (!last || !first || last.step - first.step < 5) return null
  const perStep = (last.elapsedMs - first.elapsedMs) / (last.step - first.step)
  return Math.max(0, (steps - last.step) * perStep)
}
