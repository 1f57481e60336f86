import type { Batch } from '@engine/model/session.ts'
import type { Cursor } from './order.ts'

/** The label that the loss skips. */
export const IGNORE = -100

export interface TrainingBatch {
  batch: Batch
  /** Real (not padding) tokens in it. */
  tokens: number
}

/** Batches of a training part: each a pure function of the cursor, so that they can be read ahead and repeated. */
export interface TrainingSource {
  at(cursor: Cursor): TrainingBatch | Promise<TrainingBatch>
  /** Where the batch after the one at `cursor` begins. */
  advance(cursor: Cursor): Cursor
}

/** A fixed sequence of batches to measure on. */
export interface EvalSet {
  /** Number of batches; 0 when there is nothing to measure. */
  readonly length: number
  batch(i: number): Batch | Promise<Batch>
}

/** Reads `ahead` batches in advance of the one being trained on. */
export class BatchFeed {
  private readonly queue: Promise<TrainingBatch>[] = []

  constructor(
    private readonly source: TrainingSource,
    /** Where the first batch begins. */
    private cursor: Cursor,
    private readonly ahead = 2,
  ) {}

  /** The next `count` batches, the tokens of all, and the cursor of the batch after them. */
  async take(count: number): Promise<{ batches: Batch[]; tokens: number; next: Cursor }> {
    const batches: Batch[] = []
    let tokens = 0
    for (let i = 0; i < count; i++) {
      const taken = await this.next()
      batches.push(taken.batch)
      tokens += taken.tokens
    }
    return { batches, tokens, next: this.cursor }
  }

  private async next(): Promise<TrainingBatch> {
    let cursor = this.cursor
    for (let i = 0; i <= this.ahead; i++) {
      if (i === this.queue.length) {
        const batch = Promise.resolve(this.source.at(cursor))
        batch.catch(() => {}) // a failure is told when its turn comes
        this.queue.push(batch)
      }
      cursor = this.source.advance(cursor)
    }
    this.cursor = this.source.advance(this.cursor)
    return await this.queue.shift()!
  }
}
