import type { Metric } from '@shared/contract/schemas.ts'

/** 1:05, 2:07:00. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(s / 3600)
  const minutes = Math.floor((s % 3600) / 60)
  return hours ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`
}

/** [#####...............] for a share of 0 .. 1. */
export function bar(share: number): string {
  const cells = 20
  const done = Math.max(0, Math.min(cells, Math.floor(cells * share)))
  return `[${'#'.repeat(done)}${'.'.repeat(cells - done)}]`
}

/** One line on how a run stands: a bar, losses, speed, time left. */
export function progressLine(row: Metric, steps: number, valLoss: number | null, msPerStep: number): string {
  const parts = [
    `step ${row.step}/${steps} ${bar(row.step / steps)}`,
    row.loss === undefined ? null : `loss ${row.loss.toFixed(4)}`,
    valLoss === null ? null : `val ${valLoss.toFixed(4)}`,
    row.tokensPerSecond ? `${Math.round(row.tokensPerSecond).toLocaleString('en-US')} tokens/s` : null,
    `${duration(((steps - row.step) * msPerStep) / 1000)} left`,
  ]
  return parts.filter(Boolean).join('  ')
}

/** The part of a stream that progress needs. */
export interface Output {
  isTTY?: boolean
  write(text: string): unknown
}

/** Shows metrics: a line that renews itself on a terminal, plain lines (each validation, and every tenth of the run) elsewhere. */
export class Progress {
  private valLoss: number | null = null
  private first: Metric | null = null
  private open = false
  private lastTenth = 0

  constructor(
    private readonly steps: number,
    private readonly out: Output,
  ) {}

  rows(rows: Metric[]): void {
    for (const row of rows) {
      this.first ??= row
      if (row.valLoss !== undefined) this.valLoss = row.valLoss
      const msPerStep = (row.elapsedMs - this.first.elapsedMs) / Math.max(1, row.step - this.first.step)
      const line = progressLine(row, this.steps, this.valLoss, msPerStep)
      const tenth = Math.floor((10 * row.step) / this.steps)
      if (this.out.isTTY) {
        this.out.write(`\r\u001b[2K${line}`)
        this.open = true
      } else if (row.valLoss !== undefined || tenth > this.lastTenth) {
        this.out.write(`${line}\n`)
      }
      this.lastTenth = Math.max(this.lastTenth, tenth)
    }
  }

  /** A line of its own, below the bar. */
  say(text: string): void {
    this.end()
    this.out.write(`${text}\n`)
  }

  /** Leaves the bar as it is; what is written next begins on a line of its own. */
  end(): void {
    if (this.open) this.out.write('\n')
    this.open = false
  }
}
