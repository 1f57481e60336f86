import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Build } from '@shared/contract/cleaning.ts'
import type { Dataset, SplitCounts } from '@shared/contract/schemas.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import { readPieces } from '../io/part-reader.ts'
import { PartWriter } from '../io/part-writer.ts'
import { TextBytes } from '../io/text-bytes.ts'
import { TextScan } from '../io/text-scan.ts'
import type { JobTools } from '../task.ts'
import { TextCounts } from './counts.ts'
import { HASH_START, hashOn, placeOf } from './hash.ts'
import type { Contents, Sink } from './sink.ts'
import { PARTS } from './split.ts'

const LF = Uint8Array.of(0x0a)

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
  private readonly utf8 = new TextBytes()
  private readonly scan = new TextScan()
  /** Where each record falls by its content. */
  protected readonly hashes: number[] = []

  constructor(
    private readonly folder: string,
    protected readonly build: Build,
  ) {
    this.all = new PartWriter(this.allBase, 'jsonl')
  }

  /** Takes note of a record, which will have the number `records`. */
  protected abstract note(record: StudioRecord): void

  /** Decides for all records, or throws what is wrong with them as a whole. */
  protected abstract plan(name: string): Plan

  protected get records(): number {
    return this.all.records
  }

  add(record: StudioRecord): void {
    this.note(record)
    this.hashes.push(
      placeOf('instruction' in record ? this.countPair(record) : this.countText(record), this.build.seed),
    )
    this.utf8.set(`${JSON.stringify(record)}\n`)
    this.all.append(this.utf8.bytes, this.utf8.length)
    this.all.endRecord()
  }

  /** Counts the fields; the hash of what is asked (see contentOf). */
  private countPair({ instruction, input, output }: Extract<StudioRecord, { instruction: string }>): number {
    this.count(instruction)
    const hash = hashOn(this.scan.hash, LF)
    this.count(input, hash)
    const asked = this.scan.hash
    this.count(output)
    return asked
  }

  private countText(record: Exclude<StudioRecord, { instruction: string }>): number {
    this.count(record.text)
    const { hash } = this.scan
    if ('label' in record) this.count(record.label)
    return hash
  }

  private count(field: string, hash = HASH_START): void {
    this.scan.set(field, hash)
    this.counts.addText(this.scan)
  }

  addText(): void {
    throw new Error('records were expected')
  }

  addPlain(): number {
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
      gapBytes: 0,
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
