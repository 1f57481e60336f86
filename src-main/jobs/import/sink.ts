import type { Dataset } from '@shared/contract/schemas.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import type { JobTools } from '../task.ts'

/** What a sink knows of the dataset once everything was written. */
export type Contents = Pick<
  Dataset,
  'records' | 'characters' | 'bytes' | 'lines' | 'words' | 'textBytes' | 'classes' | 'duplicatesDropped'
>

/** Takes the records of one purpose as they are read and leaves the parts on disk. */
export interface Sink {
  add(record: StudioRecord): void
  /** Running text, which is one document however long it is; sinks for records refuse it. */
  addText(chunk: string): void
  endText(): void
  /** Splits and closes the parts. `name` names the whole in errors. */
  finish(name: string, tools: JobTools): Promise<Contents>
  /** Closes the files as they are, for removal. */
  abandon(): void
}
