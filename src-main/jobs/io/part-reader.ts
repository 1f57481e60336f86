import { open, type FileHandle } from 'node:fs/promises'
import { throwIfCancelled } from '../cancel.ts'
import { INDEX_ENTRY_BYTES, readEntry } from './part-writer.ts'
import { safeCut } from './safe-cut.ts'

const PIECE_BYTES = 1024 * 1024
const INDEX_ENTRIES = 64 * 1024

/** A record, or a piece of a long one. */
export interface Piece {
  bytes: Uint8Array
  /** Whether the record ends with it. */
  last: boolean
}

/**
 * Reads a part from its beginning in memory of `pieceBytes` whatever its size: as many records at a time as fit, valid until the next are
 * asked for. Records longer than that come in pieces, cut where no tokenizer minds (see {@link safeCut}).
 */
export async function* readPieces(
  base: string,
  extension: 'txt' | 'jsonl',
  signal: AbortSignal,
  pieceBytes = PIECE_BYTES,
): AsyncGenerator<Piece[]> {
  const data = await open(`${base}.${extension}`, 'r')
  try {
    const buffer = Buffer.allocUnsafe(pieceBytes)
    let start = 0
    let end = 0
    let pieces: Piece[] = []
    for await (const lengths of recordLengths(`${base}.index`)) {
      for (const length of lengths) {
        let rest = length
        while (rest > end - start) {
          // What was found in the buffer is given out before the buffer moves on.
          if (pieces.length > 0) yield pieces
          pieces = []
          if (end - start === pieceBytes) {
            const cut = safeCut(buffer)
            yield [{ bytes: buffer.subarray(0, cut), last: false }]
            start = cut
            rest -= cut
          }
          throwIfCancelled(signal)
          buffer.copyWithin(0, start, end)
          end -= start
          start = 0
          const bytes = await readFully(data, buffer.subarray(end), null)
          if (bytes === 0) throw new Error(`${base}.${extension} is shorter than its index says`)
          end += bytes
        }
        pieces.push({ bytes: buffer.subarray(start, start + rest), last: true })
        start += rest
      }
    }
    if (pieces.length > 0) yield pieces
  } finally {
    await data.close()
  }
}

async function* recordLengths(file: string): AsyncGenerator<number[]> {
  const handle = await open(file, 'r')
  try {
    const block = Buffer.allocUnsafe(INDEX_ENTRIES * INDEX_ENTRY_BYTES)
    let before = 0
    for (;;) {
      const bytes = await readFully(handle, block, null)
      if (bytes === 0) return
      const lengths: number[] = []
      for (let at = 0; at < bytes; at += INDEX_ENTRY_BYTES) {
        const end = readEntry(block, at)
        lengths.push(end - before)
        before = end
      }
      yield lengths
    }
  } finally {
    await handle.close()
  }
}

/** The first `maxBytes` of each of the records [offset, offset + limit), by looking only at those. */
export async function readSlice(
  base: string,
  extension: 'txt' | 'jsonl',
  { offset, limit, maxBytes }: { offset: number; limit: number; maxBytes: number },
): Promise<Buffer[]> {
  const data = await open(`${base}.${extension}`, 'r')
  try {
    const index = await open(`${base}.index`, 'r')
    try {
      // One entry more in front: where the record before the first one ends.
      const first = Math.max(0, offset - 1)
      const block = Buffer.alloc((offset + limit - first) * INDEX_ENTRY_BYTES)
      const bytes = await readFully(index, block, first * INDEX_ENTRY_BYTES)
      const ends = Array.from({ length: Math.floor(bytes / INDEX_ENTRY_BYTES) }, (_, i) =>
        readEntry(block, i * INDEX_ENTRY_BYTES),
      )
      if (offset === 0) ends.unshift(0)
      const records: Buffer[] = []
      for (let i = 1; i < ends.length; i++) {
        const start = ends[i - 1] as number
        const record = Buffer.alloc(Math.min(maxBytes, (ends[i] as number) - start))
        records.push(record.subarray(0, await readFully(data, record, start)))
      }
      return records
    } finally {
      await index.close()
    }
  } finally {
    await data.close()
  }
}

/** Fills `into` from `position` on (null: from where the last such read ended); returns how many bytes there were. */
async function readFully(handle: FileHandle, into: Buffer, position: number | null): Promise<number> {
  let done = 0
  while (done < into.length) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position === null ? null : position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}
