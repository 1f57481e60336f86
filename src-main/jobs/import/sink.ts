import type { Dataset } from '@shared/contract/schemas.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import type { TextScan } from '../io/text-scan.ts'
import type { JobTools } from '../task.ts'

/** What a sink knows of the dataset once everything was written. */
export type Contents = Pick<
  Dataset,
  'records' | 'characters' | 'bytes' | 'lines' | 'words' | 'textBytes' | 'classes'
> & {
  /** Bytes left out between training and validation. */
  gapBytes: number
}

/** Takes the records of one purpose as they are read and leaves the parts on disk. */
export interface Sink {
  add(record: StudioRecord): void
  /** A record with nothing but a text, which was looked at already; only where texts are what is wanted. */
  addScanned?(text: TextScan): void
  /** Running text, which is one document however long it is; sinks for records refuse it. */
  addText(chunk: string): void
  /** Running text as UTF-8, unless it holds an odd character: then it is not taken. Returns its line ends, or -1. */
  addPlain(bytes: Buffer): number
  endText(): void
  /** Splits and closes the parts. `name` names the whole in errors. */
  finish(name: string, tools: JobTools): Promise<Contents>
  /** Closes the files as they are, for removal. */
  abandon(): void
}

/** What two records are the same by: the text, or the question whatever the answer. */
export const contentOf = (record: StudioRecord): string =>
  'text' in record ? record.text : `${record.instruction}\n${record.input}`
