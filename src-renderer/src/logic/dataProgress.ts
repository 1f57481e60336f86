import type { Job } from '@shared/contract/schemas.ts'
import { formatBytes, formatDuration, formatShort } from './format.ts'

/** How far a job was at a moment; milliseconds of any one clock. */
export interface ProgressMark {
  at: number
  done: number
}

/** Marks older than this are forgotten, so that the rate is that of now. */
const WINDOW_MS = 8000
/** Below this span a rate is noise. */
const LEAST_MS = 400

/** `marks` with one more; those out of the window go, and all of them when the job begins a new phase with less done. */
export function addMark(marks: readonly ProgressMark[], mark: ProgressMark): ProgressMark[] {
  const last = marks.at(-1)
  if (last && mark.done < last.done) return [mark]
  return [...marks.filter((one) => mark.at - one.at <= WINDOW_MS), mark]
}

/** Units per second over the marks; null before there is a rate. */
export function rateOf(marks: readonly ProgressMark[]): number | null {
  const first = marks[0]
  const last = marks.at(-1)
  if (!first || !last || last.at - first.at < LEAST_MS || last.done <= first.done) return null
  return ((last.done - first.done) / (last.at - first.at)) * 1000
}

/** "1.1 of 4.2 MiB · 3.0 MiB/s · 1 s left", as much of it as is known. */
export function progressText(job: Pick<Job, 'done' | 'total' | 'unit'>, rate: number | null): string {
  const bytes = job.unit === 'bytes'
  const amount = (n: number) => (bytes ? formatBytes(n) : formatShort(n))
  const unit = bytes || job.unit === '' ? '' : ` ${job.unit}`
  const parts: string[] = []
  if (job.total > 0) parts.push(`${amount(job.done)} of ${amount(job.total)}${unit}`)
  else if (job.done > 0) parts.push(`${amount(job.done)}${unit}`)
  if (rate !== null) {
    parts.push(`${amount(Math.round(rate))}${unit}/s`)
    if (job.total > job.done) parts.push(`${formatDuration(((job.total - job.done) / rate) * 1000)} left`)
  }
  return parts.join(' · ')
}
