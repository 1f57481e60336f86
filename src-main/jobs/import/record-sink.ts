import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataset, SplitCounts } from '@shared/contract/schemas.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import { readPieces } from '../io/part-reader.ts'
import { PartWriter } from '../io/part-writer.ts'
import type { JobTools } from '../task.ts'
import { TextCounts } from './counts.ts'
import type { Contents, Sink } from './sink.ts'
import { PARTS } from './split.ts'

/** Which part every record goes to, as an index of PARTS. */
export interface Plan {
  parts: Uint8Array
  classes: Dataset['classes']
}

/**
 * Records for finetuning. Which part a record goes to depends on how many there are, so all are written to one file first and sorted into
 * the parts in a second pass; only a few bytes per record stand in memory.
 */
export abstract class RecordSink implements Sink {
  private readonly all: PartWriter
  private readonly counts = new TextCounts()
  private duplicates = 0

  constructor(private readonly folder: string) {
    this.all = new PartWriter(this.allBase, 'jsonl')
  }

  /** Takes note of a record; false when it is a duplicate and must not be kept. */
  protected abstract note(record: StudioRecord): boolean

  /** Decides for all records, or throws what is wrong with them as a whole. */
  protected abstract plan(name: string): Plan

  protected get records(): number {
    return this.all.records
  }

  add(record: StudioRecord): void {
    if (!this.note(record)) {
      this.duplicates++
      return
    }
    for (const field of Object.values(record)) {
      this.counts.add(Buffer.from(field as string))
      this.counts.endText()
    }
    this.all.append(Buffer.from(`${JSON.stringify(record)}\n`))
    this.all.endRecord()
  }

  addText(): void {
    throw new Error('records were expected')
  }

  endText(): void {}

  async finish(name: string, tools: JobTools): Promise<Contents> {
    const { parts, classes } = this.plan(name)
    this.all.close()
    const records = await this.sort(parts, tools)
    for (const ending of ['jsonl', 'index']) rmSync(`${this.allBase}.${ending}`)
    const { bytes, characters, lines, words } = this.counts
    return {
      bytes,
      characters,
      lines,
      words,
      records,
      textBytes: { train: 0, val: 0, test: 0 },
      classes,
      duplicatesDropped: this.duplicates,
    }
  }

  abandon(): void {
    this.all.abandon()
  }

  private get allBase(): string {
    return join(this.folder, 'all')
  }

  private async sort(parts: Uint8Array, { signal, progress }: JobTools): Promise<SplitCounts> {
    const writers = PARTS.map((part) => new PartWriter(join(this.folder, part), 'jsonl'))
    const [train, val, test] = writers as [PartWriter, PartWriter, PartWriter]
    try {
      let record = 0
      for await (const pieces of readPieces(this.allBase, 'jsonl', signal)) {
        for (const { bytes, last } of pieces) {
          const writer = writers[parts[record] as number] as PartWriter
          writer.append(bytes)
          if (!last) continue
          writer.endRecord()
          record++
        }
        progress({ phase: 'Splitting', done: record, total: parts.length, unit: 'records' })
      }
      for (const writer of writers) writer.close()
    } finally {
      for (const writer of writers) writer.abandon()
    }
    return { train: train.records, val: val.records, test: test.records }
  }
}

/** Longest text that is remembered as it is. */
const SHORT = 64

/** Remembers texts: short ones themselves, others by 144 bits of their SHA-256, enough that no two are taken for the same. */
export class SeenTexts {
  private readonly short = new Set<string>()
  private readonly long = new Set<string>()

  /** Whether the text is new; it is known from then on. */
  add(text: string): boolean {
    const [seen, key] =
      text.length <= SHORT
        ? [this.short, text]
        : [this.long, createHash('sha256').update(text).digest('base64url').slice(0, 24)]
    const before = seen.size
    seen.add(key)
    return seen.size > before
  }
}
