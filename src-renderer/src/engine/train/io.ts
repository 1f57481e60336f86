import type { PreviewRecord, RunProgress, Metric, Sample, TrainState } from '@shared/contract/schemas.ts'
import type { SessionState, TensorMap } from '@engine/model/session.ts'

/** Token ids of one part of a text, as one long sequence. */
export interface TokenSource {
  /** Tokens in all. */
  readonly count: number
  /** The `n` ids from `start` on; the caller keeps within `count`. */
  read(start: number, n: number): Promise<ArrayLike<number>>
}

export interface CheckpointToSave {
  trainState: TrainState
  /** With moments. */
  session: SessionState
  valLoss: number | null
  best: boolean
}

export interface StoredCheckpoint {
  trainState: TrainState
  session: SessionState
  /** What the person should know, such as a newer checkpoint that was damaged. */
  notes: string[]
}

/**
 * What the trainer needs of the world outside: the worker reaches it by fetch, the headless command by the file system.
 * Every method rejects with an AppError that a person can read.
 */
export interface TrainIo {
  tokens(part: 'train' | 'val'): Promise<TokenSource>
  records(part: 'train' | 'val' | 'test'): Promise<PreviewRecord[]>
  /** Parameters of the run this one was started from; null when it starts from nothing. */
  baseParams(): Promise<TensorMap | null>
  /** The newest (or best) checkpoint that verifies. */
  load(prefer: 'newest' | 'best'): Promise<StoredCheckpoint | null>
  save(checkpoint: CheckpointToSave): Promise<void>
  append(metrics: Metric[], samples: Sample[]): Promise<void>
  update(patch: RunProgress): Promise<void>
}
