import type { Metric, RunProgress, Sample } from '@shared/contract/schemas.ts'
import type { TrainEvents } from './events.ts'
import type { TrainIo } from './io.ts'

/** Figures that change faster cannot be read, and drawing them takes time from the page's other work. */
const SHOW_EVERY_MS = 200
const STORE_EVERY_MS = 1000

/**
 * Passes metrics and samples on in two rhythms: to the watcher at most five times a second, to disk once a second. Driven by
 * the steps themselves, not by timers, which a hidden window would throttle.
 */
export class Recorder {
  private unseen: Metric[] = []
  private unstored: Metric[] = []
  private samples: Sample[] = []
  private progress: RunProgress = {}
  private shownAt = -Infinity
  private storedAt = -Infinity
  private storing: Promise<void> = Promise.resolve()

  constructor(
    private readonly io: Pick<TrainIo, 'append' | 'update'>,
    private readonly events: Pick<TrainEvents, 'metrics' | 'sample'>,
    private readonly now: () => number,
  ) {}

  /** Notes one step's figures and how the run stands after it. Rejects when an earlier write failed. */
  async step(row: Metric, progress: RunProgress): Promise<void> {
    this.unseen.push(row)
    this.unstored.push(row)
    this.progress = { ...this.progress, ...progress }
    if (this.now() - this.shownAt >= SHOW_EVERY_MS) this.show()
    if (this.now() - this.storedAt < STORE_EVERY_MS) return
    await this.written()
    this.store()
  }

  sample(sample: Sample): void {
    this.samples.push(sample)
    this.events.sample(sample)
  }

  /** Shows and stores what is left; `patch` goes to the run with it. */
  async flush(patch: RunProgress = {}): Promise<void> {
    this.show()
    await this.written()
    this.progress = { ...this.progress, ...patch }
    this.store()
    await this.written()
  }

  /** Waits for the write under way (there is at most one) and tells its failure, once. */
  private async written(): Promise<void> {
    const write = this.storing
    this.storing = Promise.resolve()
    await write
  }

  private show(): void {
    this.shownAt = this.now()
    const rows = this.unseen
    this.unseen = []
    if (rows.length) this.events.metrics(rows)
  }

  private store(): void {
    this.storedAt = this.now()
    const { unstored, samples, progress } = this
    this.unstored = []
    this.samples = []
    this.progress = {}
    const write = async () => {
      try {
        if (unstored.length || samples.length) await this.io.append(unstored, samples)
        if (Object.keys(progress).length) await this.io.update(progress)
      } catch (error) {
        // Kept for the next write: rows of the same steps replace each other, so a half-done write does no harm.
        this.unstored = [...unstored, ...this.unstored]
        this.samples = [...samples, ...this.samples]
        this.progress = { ...progress, ...this.progress }
        throw error
      }
    }
    this.storing = write()
    this.storing.catch(() => {}) // told at the next step or flush
  }
}
