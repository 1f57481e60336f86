import { join } from 'node:path'
import type { TokensManifest } from '@shared/contract/schemas.ts'
import { dtypeBytesFor } from '@shared/formats/shard.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'
import { readPieces } from '../io/part-reader.ts'
import type { JobTools, TokenizerTask } from '../task.ts'
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

/** Writes the dataset's train and val documents as shards, an end token after each document. */
export async function tokenizeDataset(
  task: Pick<TokenizerTask, 'id' | 'dataset' | 'datasetFolder' | 'tokensFolder'>,
  tokenizer: Tokenizer,
  tokenizerSha256: string,
  { signal, progress }: JobTools,
  { pieceBytes, shardTokens }: TokenizeSizes = {},
): Promise<Tokenized> {
  const { vocabSize } = tokenizer
  const dtypeBytes = dtypeBytesFor(vocabSize)
  const end = Uint16Array.of(tokenizer.endId)
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
    try {
      for await (const pieces of readPieces(join(task.datasetFolder, part), 'txt', signal, pieceBytes)) {
        for (const { bytes, last } of pieces) {
          const ids = tokenizer.encodeBytes(bytes)
          if (tokenizer.unknown !== null) unknown += countOf(ids, tokenizer.unknown)
          await writer.append(ids)
          if (last) await writer.append(end)
          done += bytes.length
        }
        progress({ phase: 'Writing tokens', done, total, unit: 'bytes' })
      }
      return await writer.finish()
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

function countOf(ids: Uint16Array, wanted: number): number {
  let count = 0
  for (let i = 0; i < ids.length; i++) if (ids[i] === wanted) count++
  return count
}
