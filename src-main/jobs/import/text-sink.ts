import { join } from 'node:path'
import type { Build } from '@shared/contract/cleaning.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { StudioRecord } from '@shared/text/records.ts'
import { PartWriter } from '../io/part-writer.ts'
import { TextScan } from '../io/text-scan.ts'
import { TextCounts } from './counts.ts'
import { placeOf } from './hash.ts'
import type { Contents, Sink } from './sink.ts'
import { gapStart, trainCut } from './text-cut.ts'

/**
 * Text for pretraining. A file of running text is one document, of which the end is kept back for validation; a record is a document that
 * falls to one side by the hash of its content, so that equal documents never stand on both.
 */
export class TextSink implements Sink {
  private readonly train: PartWriter
  private readonly val: PartWriter
  private readonly counts = new TextCounts()
  private readonly scan = new TextScan()
  private gapBytes = 0

  constructor(
    folder: string,
    private readonly build: Build,
  ) {
    this.train = new PartWriter(join(folder, 'train'), 'txt')
    this.val = new PartWriter(join(folder, 'val'), 'txt')
  }

  add(record: StudioRecord): void {
    if (!('text' in record)) throw new Error('a text was expected')
    this.scan.set(record.text)
    this.addScanned(this.scan)
  }

  addScanned(text: TextScan): void {
    const { bytes, length, hash } = text
    this.counts.addText(text)
    const { seed, split } = this.build
    const part = placeOf(hash, seed) < split.val / 100 ? this.val : this.train
    part.append(bytes, length)
    part.endRecord()
  }

  addText(chunk: string): void {
    const bytes = Buffer.from(chunk)
    this.counts.add(bytes)
    this.train.append(bytes)
  }

  addPlain(bytes: Buffer): number {
    const lines = this.counts.addPlain(bytes)
    if (lines >= 0) this.train.append(bytes)
    return lines
  }

  endText(): void {
    this.counts.endText()
    this.train.endRecord()
    this.keepBackEnd(this.train, this.val)
  }

  finish(name: string): Promise<Contents> {
    this.fillEmptyPart(name)
    const { bytes, characters, lines, words } = this.counts
    const contents: Contents = {
      bytes,
      characters,
      lines,
      words,
      records: { train: this.train.records, val: this.val.records, test: 0 },
      textBytes: { train: this.train.bytes, val: this.val.bytes, test: 0 },
      classes: [],
      gapBytes: this.gapBytes,
    }
    this.train.close()
    this.val.close()
    return Promise.resolve(contents)
  }

  abandon(): void {
    this.train.abandon()
    this.val.abandon()
  }

  /** Moves the end of the last document, and leaves a gap before it. */
  private keepBackEnd(from: PartWriter, to: PartWriter): void {
    const { val, gap } = this.build.split
    const start = from.lastStart()
    const size = from.bytes - start
    const read = (begin: number, end: number) => from.read(start + begin, start + end)
    const cut = trainCut(size, val / 100, read)
    if (cut >= size) return
    from.moveTail(start + cut, to)
    const end = gapStart(cut, gap, read)
    this.gapBytes += cut - end
    if (end < cut) from.dropTail(start + end)
  }

  /** Few documents can all fall to one side: then the other gets the last one, or the end of the only one. */
  private fillEmptyPart(name: string): void {
    const { train, val } = this
    if (train.records > 0 && val.records > 0) return
    const [full, empty] = val.records === 0 ? [train, val] : [val, train]
    if (full.records > 1) full.moveTail(full.lastStart(), empty)
    else if (empty === val) this.keepBackEnd(train, val)
    else {
      val.moveTail(0, train)
      this.keepBackEnd(train, val)
    }
    if (train.records > 0 && val.records > 0) return
    throw new AppError({
      code: 'too_short',
      message: `${name} has ${this.counts.characters === 1 ? 'only one character' : 'no text'}.`,
      hint: 'At least two characters are needed, one to learn from and one to check with; some thousands make sense.',
    })
  }
}
