/** So many losses within so long say that the device is asked too much. */
const MANY = 2
const WITHIN_MS = 10 * 60_000
/** Portions are not cut finer than to this share: from there on it costs more than it can help. */
const LEAST = 1 / 8

/** Counts how often the device was lost, and how much smaller the portions of work should be that it is given. */
export class Losses {
  private recent: number[] = []
  private share = 1

  /** @param now milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number) {}

  /** Share of the usual portion, 1 / 8 .. 1. */
  get portion(): number {
    return this.share
  }

  add(): void {
    const now = this.now()
    this.recent = [...this.recent.filter((at) => now - at < WITHIN_MS), now]
    if (this.recent.length < MANY) return
    this.recent = []
    this.share = Math.max(LEAST, this.share / 2)
  }
}
