import { expect, test } from 'vitest'
import type { TokensManifest } from '@shared/contract/schemas.ts'
import { encodeTokens, SHARD_HEADER_BYTES } from '@shared/formats/shard.ts'
import { shardedTokens } from './sharded-tokens.ts'

const sizes = [10, 3, 25, 1]
const total = sizes.reduce((a, b) => a + b, 0)

/** Shards that hold 0, 1, 2, ... behind their headers, and how often they were asked. */
function shards(dtypeBytes: 2 | 4) {
  let first = 0
  const files = new Map<string, Uint8Array>()
  const list = sizes.map((tokens, i) => {
    const ids = Array.from({ length: tokens }, (_, k) => first + k + (dtypeBytes === 4 ? 70_000 : 0))
    first += tokens
    const bytes = new Uint8Array(SHARD_HEADER_BYTES + tokens * dtypeBytes)
    bytes.set(encodeTokens(ids, dtypeBytes), SHARD_HEADER_BYTES)
    files.set(`/blobs/tokens/d/t/${i}.bin`, bytes)
    return { file: `${i}.bin`, tokens, bytes: bytes.length, sha256: '' }
  })
  const manifest: TokensManifest = {
    version: 1,
    datasetId: 'd',
    tokenizerId: 't',
    tokenizerSha256: '',
    vocabSize: 100,
    dtypeBytes,
    parts: { train: { tokens: total, shards: list }, val: { tokens: 0, shards: [] } },
  }
  let requests = 0
  const client = {
    range: async (path: string, offset: number, length: number) => {
      requests++
      return files.get(path)!.slice(offset, offset + length)
    },
  }
  return { manifest, client, requests: () => requests }
}

test.each([
  [2, 1e9],
  [2, 0],
  [4, 1e9],
  [4, 0],
] as const)('%i bytes a token, held in memory up to %i bytes: every range reads the same', async (dtype, memory) => {
  const { manifest, client, requests } = shards(dtype)
  const source = await shardedTokens(client, manifest, 'train', memory)
  expect(source.count).toBe(total)
  const before = requests()
  for (let start = 0; start < total; start++) {
    for (let n = 1; start + n <= total; n += 3) {
      const expected = Array.from({ length: n }, (_, k) => start + k + (dtype === 4 ? 70_000 : 0))
      expect(Array.from(await source.read(start, n))).toEqual(expected)
    }
  }
  expect(requests() > before).toBe(memory === 0)
})

test('an empty part has no tokens', async () => {
  const { manifest, client } = shards(2)
  expect((await shardedTokens(client, manifest, 'val')).count).toBe(0)
})
