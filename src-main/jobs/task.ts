import type {
  Dataset,
  FileKind,
  Purpose,
  Role,
  Starter,
  TextEncoding,
  TokenizerInfo,
  TokenizerKind,
} from '@shared/contract/schemas.ts'

/** A file to import: where it lies, what it is called, and how it is to be read. */
export interface ImportFile {
  path: string
  name: string
  bytes: number
  encoding: TextEncoding
  kind: FileKind
  delimiter: string
  hasHeader: boolean
  /** Role per column; empty for plain text. */
  roles: Record<string, Role>
}

/** Builds the whole of a dataset inside `folder`, which exists and is empty. */
export interface ImportTask {
  kind: 'import'
  id: string
  name: string
  purpose: Purpose
  seed: number
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
  createdAt: string
  folder: string
  tokensFolder: string
}

export type Task = ImportTask | TokenizerTask
export type TaskResult<T extends Task = Task> = T extends ImportTask ? Dataset : TokenizerInfo

/** How far a job is; `total` is 0 while unknown. */
export interface Progress {
  phase: string
  done: number
  total: number
  unit: string
}

export interface JobTools {
  progress(progress: Progress): void
  /** Checked at every chunk: a job ends within a second of it, with AppError 'cancelled'. */
  signal: AbortSignal
}

/** Runs a task to its end: in a thread of its own, or (in tests) right here. */
export type JobRunner = <T extends Task>(task: T, tools: JobTools) => Promise<TaskResult<T>>
