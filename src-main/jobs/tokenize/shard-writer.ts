import { join } from 'node:path'
import type { TokensManifest } from '@shared/contract/schemas.ts'
import { crc32 } from '@shared/formats/crc32.ts'
import { encodeShardHeader, encodeTokens, SHARD_HEADER_BYTES } from '@shared/formats/shard.ts'
import { AppendFile } from '../io/append-file.ts'
import { hashHere } from '../io/hash-file.ts'

/** 128 MiB of 16-bit ids. */
export const SHARD_TOKENS = 64 * 1024 * 1024

/** One part as the manifest lists it. */
export type TokensPart = NonNullable<TokensManifest['parts']['train']>

export interface ShardOptions {
  folder: string
  part: 'train' | 'val'
  dtypeBytes: 2 | 4
  vocabSize: number
  tokenizerSha256: string
  shardTokens?: number
}

/** Writes the tokens of one part into shards of at most `shardTokens`. */
export class ShardWriter {
  private readonly shards: TokensPart['shards'] = []
  private readonly shardTokens: number
  private file: AppendFile | null = null
  private inShard = 0
  private crc = 0

  constructor(private readonly options: ShardOptions) {
    this.shardTokens = options.shardTokens ?? SHARD_TOKENS
  }

  append(ids: Uint16Array): void {
    for (let from = 0; from < ids.length;) {
      const file = (this.file ??= this.begin())
      const piece = ids.subarray(from, from + this.shardTokens - this.inShard)
      const bytes = encodeTokens(piece, this.options.dtypeBytes)
      file.append(bytes)
      this.crc = crc32(bytes, this.crc)
      this.inShard += piece.length
      from += piece.length
      if (this.inShard === this.shardTokens) this.end()
    }
  }

  /** Closes the last shard; the part as the manifest lists it. */
  finish(): TokensPart {
    this.end()
    return { tokens: this.shards.reduce((sum, shard) => sum + shard.tokens, 0), shards: this.shards }
  }

  abandon(): void {
    this.file?.abandon()
  }

  private name(): string {
    return `${this.options.part}-${String(this.shards.length).padStart(6, '0')}.bin`
  }

  private begin(): AppendFile {
    const file = new AppendFile(join(this.options.folder, this.name()))
    // The header's place: it says how many tokens follow, which is known at the end.
    file.append(new Uint8Array(SHARD_HEADER_BYTES))
    this.inShard = 0
    this.crc = 0
    return file
  }

  private end(): void {
    if (!this.file) return
    const { dtypeBytes, vocabSize, tokenizerSha256 } = this.options
    const header = { dtypeBytes, vocabSize, tokenizerSha256, tokens: this.inShard, crc: this.crc }
    this.file.overwrite(encodeShardHeader(header), 0)
    const { path, size } = this.file
    this.file.close()
    this.file = null
    this.shards.push({ file: this.name(), tokens: this.inShard, bytes: size, sha256: hashHere(path).sha256 })
  }
}
