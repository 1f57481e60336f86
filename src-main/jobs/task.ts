import type { Build, Edit, Licence, Leakage, RecipeTrial } from '@shared/contract/cleaning.ts'
import type { AppErrorData } from '@shared/contract/errors.ts'
import type {
  Dataset,
  FileKind,
  InvalidBytes,
  Probe,
  Purpose,
  Reading,
  Role,
  Source,
  Starter,
  TextEncoding,
  TokenizerInfo,
  TokenizerKind,
} from '@shared/contract/schemas.ts'
import type { Statistics } from '@shared/contract/statistics.ts'

/** Some of a huge file: about `bytes` of it, from its start or from evenly spread places. */
export interface Sample {
  bytes: number
  from: 'start' | 'spread'
}

/** A file to import: where it lies, what it is called, and how it is to be read. */
export interface ImportFile {
  path: string
  name: string
  bytes: number
  encoding: TextEncoding
  /** Whether it is unpacked on the way. */
  gzip?: boolean
  /** What becomes of bytes that are invalid in the encoding; 'refuse' when it is not said. */
  invalid?: InvalidBytes
  kind: FileKind
  delimiter: string
  hasHeader: boolean
  /** Role per column; empty for plain text. */
  roles: Record<string, Role>
  /** Whether running text keeps CR LF and CR as they are. */
  keepLineEnds?: boolean
  /** Whether the bytes are the studio's own and never change: then a dataset needs no copy of them. */
  owned?: boolean
  /** How much of it is to be taken, when not all. */
  sample?: Sample
  /** What these bytes are a sample of. */
  sampleOf?: { of: number; from: Sample['from'] }
  /** Where the file lay that it was imported from, and its size and time of change (ms since 1970) then; absent for an upload. */
  original?: { path: string; bytes: number; mtime: number }
}

/** Builds the whole of a dataset inside `folder`, which exists and is empty. */
export interface ImportTask {
  kind: 'import'
  id: string
  name: string
  purpose: Purpose
  build: Build
  edits: Edit[]
  licence: Licence
  /** The dataset that this one is made from by other choices. */
  basedOn: string | null
  createdAt: string
  folder: string
  from: { files: ImportFile[] } | { starter: Starter['id'] }
}

/** Builds a tokenizer inside `folder`, and the dataset's tokens inside `tokensFolder`; both exist and are empty. */
export interface TokenizerTask {
  kind: 'tokenizer'
  id: string
  dataset: Dataset
  datasetFolder: string
  tokenizer: TokenizerKind
  vocabSize: number
  /** A tokenizer.json to take instead of making one. */
  file?: { path: string; name: string }
  createdAt: string
  folder: string
  tokensFolder: string
}

/** Counts a dataset. Writes nothing. */
export interface StatisticsTask {
  kind: 'statistics'
  /** The dataset's. */
  id: string
  dataset: Dataset
  datasetFolder: string
  /** Null: GPT-2's. */
  tokenizer: { id: string; name: string; file: string } | null
  /** All of it, however large. */
  whole: boolean
  fingerprint: string
  createdAt: string
}

/** Tries a way of making a dataset on the beginning of its sources. Writes into `folder`, which is removed afterwards. */
export interface TrialTask {
  kind: 'trial'
  id: string
  purpose: Purpose
  build: Build
  edits: Edit[]
  folder: string
  from: ImportTask['from']
}

/** Compares the parts of a dataset. Writes nothing. */
export interface LeakageTask {
  kind: 'leakage'
  id: string
  dataset: Dataset
  datasetFolder: string
}

/** Looks at a file that has to be opened before there is text. Writes nothing. */
export interface ProbeTask {
  kind: 'probe'
  path: string
  source: Source
  reading: Reading
}

/** What each kind of task makes. */
interface Results {
  import: Dataset
  tokenizer: TokenizerInfo
  statistics: Statistics
  trial: RecipeTrial
  leakage: Leakage
  probe: Probe
}
export type Task = ImportTask | TokenizerTask | StatisticsTask | TrialTask | LeakageTask | ProbeTask
/** Those with a progress of their own, which a person can cancel. */
export type JobTask = ImportTask | TokenizerTask | StatisticsTask
export type TaskResult<T extends Task = Task> = Results[T['kind']]

/** How far a job is; `total` is 0 while unknown. */
export interface Progress {
  phase: string
  done: number
  total: number
  unit: string
}

export type Guard = <T>(limit: { ms: number; error: AppErrorData }, work: () => Promise<T>) => Promise<T>

export interface JobTools {
  progress(progress: Progress): void
  /** Checked at every chunk: a job ends within a second of it, with AppError 'cancelled'. */
  signal: AbortSignal
  /**
   * Does work that hostile data may keep busy for ever, in one call: after `limit.ms` the whole job ends with `limit.error`. Absent where a
   * task runs in place, for then nobody could end it.
   */
  guard?: Guard
  /** In a job thread: the file that further threads begin in, and how many cores there are. Absent where a task runs in place. */
  threads?: { entry: string; cores: number }
}

/** Runs a task to its end: in a thread of its own, or (in tests) right here. */
export type JobRunner = <T extends Task>(task: T, tools: JobTools) => Promise<TaskResult<T>>
