import type { ClassificationReport } from '@shared/contract/schemas.ts'
import type { Head } from '@shared/model/config.ts'
import type { Session } from '@engine/model/session.ts'
import type { EvalSet, TrainingSource } from './batches.ts'

/** Called between pieces of work; resolves to false when the work should end early. */
export type GoOn = () => Promise<boolean>

/** One of the three jobs, made ready: everything that differs between them. */
export interface TrainingJob {
  head: Head
  /** T of every batch. */
  seqLen: number
  training: TrainingSource
  validation: EvalSet
  /** Texts by the model as it is now, each with its prompt; absent where the model writes none. */
  write?: (session: Session, goOn: GoOn) => AsyncIterable<{ prompt: string; text: string }>
  /** Measures the finished model; absent where there is no report. */
  report?: (session: Session, goOn: GoOn) => Promise<ClassificationReport | null>
  /** What the person should know about the data: cut or dropped rows. */
  notes: string[]
}
