import { routes } from '@shared/contract/api.ts'
import type { TokensManifest } from '@shared/contract/schemas.ts'
import { SHARD_HEADER_BYTES } from '@shared/formats/shard.ts'
import type { TokenSource } from '@engine/train/io.ts'
import type { MainClient } from './rpc.ts'

/** A part up to this size is held in memory; a larger one is read window by window. */
const MEMORY_BYTES = 256 * 1024 * 1024
/** Bytes fetched in one request while a part is taken into memory, two requests at a time. */
const READ_BYTES = 16 * 1024 * 1024

type Ids = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>

/** The tokens of one part, from the shards that main serves. */
export async function shardedTokens(
  client: Pick<MainClient, 'range'>,
  manifest: TokensManifest,
  part: 'train' | 'val',
  memoryBytes = MEMORY_BYTES,
): Promise<TokenSource> {
  const { dtypeBytes, datasetId, tokenizerId } = manifest
  const { tokens = 0, shards = [] } = manifest.parts[part] ?? {}
  const paths = shards.map(({ file }) => routes.shard(datasetId, tokenizerId, file))
  /** First token of each shard. */
  const starts = shards.map((_, i) => shards.slice(0, i).reduce((sum, s) => sum + s.tokens, 0))

  /** The `n` ids from `start` on, wherever shards begin and end. */
  async function read(start: number, n: number): Promise<Ids> {
    const bytes = new Uint8Array(n * dtypeBytes)
    for (let done = 0; done < n;) {
      const shard = starts.findLastIndex((first) => first <= start + done)
      const within = start + done - starts[shard]!
      const take = Math.min(n - done, shards[shard]!.tokens - within)
      const piece = await client.range(paths[shard]!, SHARD_HEADER_BYTES + within * dtypeBytes, take * dtypeBytes)
      bytes.set(piece, done * dtypeBytes)
      done += take
    }
    return dtypeBytes === 2 ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer)
  }

  if (tokens * dtypeBytes > memoryBytes) return { count: tokens, read }
  const all = dtypeBytes === 2 ? new Uint16Array(tokens) : new Uint32Array(tokens)
  const step = READ_BYTES / dtypeBytes
  let next = 0
  const fetchOn = async () => {
    while (next < tokens) {
      const start = next
      next += step
      all.set(await read(start, Math.min(step, tokens - start)), start)
    }
  }
  await Promise.all([fetchOn(), fetchOn()])
  return { count: tokens, read: async (start, n) => all.subarray(start, start + n) }
}
