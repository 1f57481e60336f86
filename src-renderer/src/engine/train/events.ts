import type { AppErrorData } from '@shared/contract/errors.ts'
import type { ClassificationReport, Metric, Sample } from '@shared/contract/schemas.ts'
import type { TrainPhase } from '@engine/worker/protocol.ts'

/** What a run tells whoever watches it. */
export interface TrainEvents {
  phase(phase: TrainPhase, step: number, extra?: { error?: AppErrorData; note?: string }): void
  /** At most five times a second, in step order, one row per step. */
  metrics(rows: Metric[]): void
  sample(sample: Sample): void
  checkpoint(step: number, best: boolean): void
  report(report: ClassificationReport): void
}
