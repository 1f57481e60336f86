import { AppendFile } from './append-file.ts'

/** Bytes per entry of an index. */
export const INDEX_ENTRY_BYTES = 8

/** The entry at byte `at` of an index. */
export const readEntry = (index: Buffer, at: number): number =>
  index.readUInt32LE(at) + index.readUInt32LE(at + 4) * 2 ** 32

/**
 * One part (train, val, test) of a dataset on disk, as two files:
 *
 * - the records end to end: `train.txt`, documents of UTF-8 text with LF line ends and nothing between them; or `train.jsonl`, one
 *   JSON object a line, its LF included;
 * - `train.index`: where each record ends in it, as 64-bit little-endian byte offsets. Record i is [end(i - 1), end(i)), so any
 *   record is found by one look, and documents may hold any text.
 */
export class PartWriter {
  private readonly data: AppendFile
  private readonly index: AppendFile
  private readonly entry = Buffer.alloc(INDEX_ENTRY_BYTES)
  private count = 0

  /** @param base path without the endings, e.g. ".../train" */
  constructor(base: string, extension: 'txt' | 'jsonl') {
    this.data = new AppendFile(`${base}.${extension}`)
    this.index = new AppendFile(`${base}.index`)
  }

  /** Records so far. */
  get records(): number {
    return this.count
  }

  /** Bytes of all records so far. */
  get bytes(): number {
    return this.data.size
  }

  /** Appends the first `length` bytes to the record that is open. */
  append(bytes: Uint8Array, length = bytes.length): void {
    this.data.append(bytes, length)
  }

  /** Closes the record that is open. */
  endRecord(): void {
    const { entry } = this
    const end = this.data.size
    entry.writeUInt32LE(end % 2 ** 32, 0)
    entry.writeUInt32LE(Math.floor(end / 2 ** 32), 4)
    this.index.append(entry)
    this.count++
  }

  /** Where the last closed record begins; 0 when there is none. */
  lastStart(): number {
    return this.count < 2 ? 0 : this.endOf(this.count - 2)
  }

  /** The bytes in [start, end) of all records. */
  read(start: number, end: number): Buffer {
    return this.data.read(start, end)
  }

  /** Moves everything from `start` on, which lies in the last closed record or at its beginning, to the end of another part. */
  moveTail(start: number, to: PartWriter): void {
    const wholeRecord = start === this.lastStart()
    const end = this.data.size
    for (let from = start; from < end; from += MOVE_BYTES) to.append(this.read(from, Math.min(end, from + MOVE_BYTES)))
    to.endRecord()
    this.data.truncate(start)
    this.count--
    this.index.truncate(this.count * INDEX_ENTRY_BYTES)
    if (!wholeRecord) this.endRecord()
  }

  /** Leaves out everything from `start` on, which lies inside the last closed record. */
  dropTail(start: number): void {
    this.data.truncate(start)
    this.count--
    this.index.truncate(this.count * INDEX_ENTRY_BYTES)
    this.endRecord()
  }

  /** Closes both files; the import flushes all of its files together. */
  close(): void {
    this.data.end()
    this.index.end()
  }

  abandon(): void {
    this.data.abandon()
    this.index.abandon()
  }

  private endOf(record: number): number {
    const at = record * INDEX_ENTRY_BYTES
    return readEntry(this.index.read(at, at + INDEX_ENTRY_BYTES), 0)
  }
}

const MOVE_BYTES = 1024 * 1024
