import { mix32 } from '@shared/random/permutation.ts'
import type { LmBatch } from '@engine/model/session.ts'
import { IGNORE, type EvalSet, type TrainingSource } from './batches.ts'
import type { TokenSource } from './io.ts'
import { advanceCursor, takeExamples } from './order.ts'

/** Salt that keeps the window offsets apart from the window order, which uses the bare seed. */
const OFFSET_SALT = 0x0ff5e7

/** Where the windows of an epoch begin: a seeded offset in [0, T), less where the text would not hold one window. */
export function epochOffset(tokens: number, T: number, seed: number, epoch: number): number {
  const most = Math.min(T - 1, tokens - 1 - T)
  return mix32(mix32(seed, OFFSET_SALT), epoch) % (most + 1)
}

/** Windows of T tokens and their T targets in an epoch, cut from `offset` on without overlap. */
export function windowCount(tokens: number, T: number, offset: number): number {
  return Math.floor((tokens - 1 - offset) / T)
}

/**
 * Next-token batches: window k of an epoch covers tokens offset + k T .. + T - 1 and predicts each one's successor,
 * so every token is used once per epoch. `source` holds at least T + 1 tokens.
 */
export function textTraining(source: TokenSource, B: number, T: number, seed: number): TrainingSource {
  const sizeOf = (epoch: number) => windowCount(source.count, T, epochOffset(source.count, T, seed, epoch))
  return {
    async at(cursor) {
      const picks = takeExamples(cursor, B, seed, sizeOf)
      const windows = await Promise.all(
        picks.map(({ epoch, example }) => source.read(epochOffset(source.count, T, seed, epoch) + example * T, T + 1)),
      )
      return { batch: lmBatch(windows, B, T), tokens: B * T }
    },
    advance: (cursor) => advanceCursor(cursor, B, sizeOf),
  }
}

/**
 * At most `most` batches of windows spread evenly over a validation part, always the same ones. A part shorter than one window
 * gives one shorter row; under two tokens give none.
 */
export function textEvaluation(source: TokenSource, B: number, T: number, most: number): EvalSet {
  const windows = source.count < 2 ? 0 : Math.max(1, Math.floor((source.count - 1) / T))
  const rows = Math.min(windows, most * B)
  return {
    length: Math.ceil(rows / B),
    async batch(i) {
      const mine = Math.min(B, rows - i * B)
      const starts = Array.from({ length: mine }, (_, r) => Math.floor(((i * B + r) * windows) / rows) * T)
      const read = starts.map((start) => source.read(start, Math.min(T + 1, source.count - start)))
      return lmBatch(await Promise.all(read), B, T)
    },
  }
}

/** (B, T) inputs and targets of up to B token runs of up to T + 1 ids; what is missing is id 0 and not counted. */
function lmBatch(runs: ArrayLike<number>[], B: number, T: number): LmBatch {
  const inputIds = new Int32Array(B * T)
  const labels = new Int32Array(B * T).fill(IGNORE)
  runs.forEach((run, b) => {
    for (let t = 0; t + 1 < run.length; t++) {
      inputIds[b * T + t] = run[t]!
      labels[b * T + t] = run[t + 1]!
    }
  })
  return { inputIds, labels }
}
