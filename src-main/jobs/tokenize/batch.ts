import type { Tokenizer } from '@shared/text/tokenizer.ts'
import type { Piece } from '../io/part-reader.ts'

/** Some text to be encoded at once: pieces end to end, each a record or a part of a long one. */
export interface Batch {
  bytes: Uint8Array<ArrayBuffer>
  /** Where each piece ends in `bytes`. */
  ends: Uint32Array<ArrayBuffer>
  /** For each piece 1 where its record ends with it, else 0. */
  last: Uint8Array<ArrayBuffer>
}

export interface EncodedBatch {
  /** Ids of the pieces in order, an end token behind each record. */
  ids: Uint16Array<ArrayBuffer>
  /** Characters that the vocabulary lacks. */
  unknown: number
}

/** Copies pieces, which are only valid until the next are read. */
export function batchOf(pieces: Piece[]): Batch {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.bytes.length, 0))
  const ends = new Uint32Array(pieces.length)
  const last = new Uint8Array(pieces.length)
  let at = 0
  pieces.forEach((piece, i) => {
    bytes.set(piece.bytes, at)
    at += piece.bytes.length
    ends[i] = at
    last[i] = piece.last ? 1 : 0
  })
  return { bytes, ends, last }
}

/** Room for the ids of a batch while they are made: one array for all, since a new one for each is memory that waits to be collected. */
let room = new Uint16Array(0)

export function encodeBatch(tokenizer: Tokenizer, { bytes, ends, last }: Batch): EncodedBatch {
  if (room.length < bytes.length + ends.length) room = new Uint16Array(bytes.length + ends.length)
  const ids = room
  let at = 0
  for (let piece = 0, start = 0; piece < ends.length; piece++) {
    const end = ends[piece] as number
    at = tokenizer.encodeInto(bytes.subarray(start, end), ids, at)
    if (last[piece] === 1) ids[at++] = tokenizer.endId
    start = end
  }
  const encoded = ids.slice(0, at)
  return { ids: encoded, unknown: tokenizer.unknown === null ? 0 : countOf(encoded, tokenizer.unknown) }
}

function countOf(ids: Uint16Array, wanted: number): number {
  let count = 0
  for (let i = 0; i < ids.length; i++) if (ids[i] === wanted) count++
  return count
}
