import { join } from 'node:path'
import type { TokensManifest } from '@shared/contract/schemas.ts'
import { dtypeBytesFor } from '@shared/formats/shard.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import { readPieces } from '../io/part-reader.ts'
import type { JobTools, TokenizerTask } from '../task.ts'
import { batchOf, type EncodedBatch } from './batch.ts'
import type { Encoders } from './encoders.ts'
import { ShardWriter, type TokensPart } from './shard-writer.ts'

export interface Tokenized {
  manifest: TokensManifest & { parts: { train: TokensPart; val: TokensPart } }
  valBytes: number
  /** Tokens of the validation part without the end tokens. */
  valTextTokens: number
  /** Characters that the vocabulary lacks. */
  unknown: number
}

/** Sizes that tests make small. */
export interface TokenizeSizes {
  pieceBytes?: number
  shardTokens?: number
}

/**
 * Writes the dataset's train and val documents as shards, an end token after each document. Where the text is cut depends on its bytes
 * alone and the ids are written in the order of the text, so the shards are the same for any number of threads.
 */
export async function tokenizeDataset(
  task: Pick<TokenizerTask, 'id' | 'dataset' | 'datasetFolder' | 'tokensFolder'>,
  tokenizer: Pick<Tokenizer, 'vocabSize'>,
  tokenizerSha256: string,
  encoders: Encoders,
  { signal, progress }: Pick<JobTools, 'signal' | 'progress'>,
  { pieceBytes, shardTokens }: TokenizeSizes = {},
): Promise<Tokenized> {
  const { vocabSize } = tokenizer
  const dtypeBytes = dtypeBytesFor(vocabSize)
  const total = task.dataset.textBytes.train + task.dataset.textBytes.val
  let done = 0
  let unknown = 0

  async function writePart(part: 'train' | 'val') {
    const writer = new ShardWriter({
      folder: task.tokensFolder,
      part,
      dtypeBytes,
      vocabSize,
      tokenizerSha256,
      shardTokens,
    })
    const underWay: { encoded: Promise<EncodedBatch>; bytes: number }[] = []
    async function writeFirst() {
      const { encoded, bytes } = underWay.shift() as (typeof underWay)[number]
      const batch = await encoded
      unknown += batch.unknown
      writer.append(batch.ids)
      done += bytes
      progress({ phase: 'Writing tokens', done, total, unit: 'bytes' })
    }
    try {
      for await (const pieces of readPieces(join(task.datasetFolder, part), 'txt', signal, pieceBytes)) {
        const batch = batchOf(pieces)
        const bytes = batch.bytes.length
        const encoded = encoders.encode(batch)
        // One that fails while another is waited for is reported when its turn comes.
        encoded.catch(() => {})
        underWay.push({ encoded, bytes })
        if (underWay.length >= encoders.lanes) await writeFirst()
      }
      while (underWay.length > 0) await writeFirst()
      return writer.finish()
    } finally {
      writer.abandon()
    }
  }

  const train = await writePart('train')
  const val = await writePart('val')
  return {
    manifest: {
      version: 1,
      datasetId: task.dataset.id,
      tokenizerId: task.id,
      tokenizerSha256,
      vocabSize,
      dtypeBytes,
      parts: { train, val },
    },
    valBytes: task.dataset.textBytes.val,
    valTextTokens: val.tokens - task.dataset.records.val,
    unknown,
  }
}
