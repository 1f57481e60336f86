import { join } from 'node:path'
import type { Dataset } from '@shared/contract/schemas.ts'
import { encodePair } from '@shared/text/templates.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import { readPieces } from '../io/part-reader.ts'

/** Small, so that a sample is taken from many places. */
const PIECE_BYTES = 1024 * 1024
const PARTS = ['train', 'val', 'test'] as const

/** The text of a record, or a piece of a long document. */
export interface ReadText {
  bytes: Uint8Array
  /** False for what lies in a block that is passed over: only its size is of use. */
  read: boolean
  /** The record ends with it. */
  last: boolean
  /** Tokens of the whole record as it is trained on; null: those of its pieces. */
  length: number | null
}

export interface TextReading {
  /** One of so many blocks is read; the others are passed over. */
  every: number
  signal: AbortSignal
  /** Called after each block, with the bytes of it. */
  onBlock(bytes: number, read: boolean): void
}

/**
 * The texts of a dataset's parts, one after the other, in memory of a few MiB. A pair's text is its fields; its length counts the template and the
 * end token too, less the last token, which is only ever a target.
 */
export async function* readTexts(
  dataset: Dataset,
  folder: string,
  tokenizer: Tokenizer,
  { every, signal, onBlock }: TextReading,
): AsyncGenerator<ReadText> {
  const prose = dataset.purpose === 'pretrain'
  let block = 0
  for (const part of PARTS) {
    if (dataset.records[part] === 0) continue
    for await (const pieces of readPieces(join(folder, part), prose ? 'txt' : 'jsonl', signal, PIECE_BYTES)) {
      const read = block++ % every === 0
      for (const { bytes, last } of pieces) {
        if (prose || !read) yield { bytes, read, last, length: null }
        else if (last) yield recordText(bytes, tokenizer)
      }
      onBlock(
        pieces.reduce((sum, { bytes }) => sum + bytes.length, 0),
        read,
      )
    }
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** One line of a part of pairs or labelled texts. */
function recordText(line: Uint8Array, tokenizer: Tokenizer): ReadText {
  const record = JSON.parse(decoder.decode(line)) as Record<string, string>
  const { text, instruction = '', input = '', output = '' } = record
  if (text !== undefined) return { bytes: encoder.encode(text), read: true, last: true, length: null }
  const { ids } = encodePair(tokenizer, { instruction, input, output })
  const fields = [instruction, input, output].filter((field) => field !== '').join('\n')
  return { bytes: encoder.encode(fields), read: true, last: true, length: ids.length - 1 }
}
