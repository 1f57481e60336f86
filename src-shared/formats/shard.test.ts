import { crc32 as zlibCrc } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.ts'
import {
  decodeTokens,
  dtypeBytesFor,
  encodeShardHeader,
  encodeTokens,
  parseShardHeader,
  type ShardHeader,
} from './shard.ts'

const header: ShardHeader = {
  dtypeBytes: 2,
  vocabSize: 512,
  tokens: 3,
  crc: 0xdeadbeef,
  tokenizerSha256: '0f'.repeat(32),
}

test('CRC-32 equals zlib’s, whole and in chunks', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(20), (bytes, cut) => {
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc(bytes))
    }),
  )
})

test('a header comes back as it was written', () => {
  expect(parseShardHeader(encodeShardHeader(header), 64 + 6, 'x.bin')).toEqual(header)
})

test('ids come back as they were written, two or four bytes each', () => {
  expect([...decodeTokens(encodeTokens([0, 258, 65_535], 2), 2)]).toEqual([0, 258, 65_535])
  expect([...encodeTokens([258], 2)]).toEqual([2, 1])
  expect([...decodeTokens(encodeTokens([65_536, 7], 4), 4)]).toEqual([65_536, 7])
  expect([dtypeBytesFor(65_536), dtypeBytesFor(65_537)]).toEqual([2, 4])
})

test('a foreign, cut or lengthened file is refused by name', () => {
  const bytes = encodeShardHeader(header)
  expect(() => parseShardHeader(bytes.subarray(0, 10), 10, 'x.bin')).toThrow('x.bin: the file is shorter')
  expect(() => parseShardHeader(bytes, 64 + 4, 'x.bin')).toThrow('promises 3 tokens, the file has room for 2')
  const foreign = bytes.slice()
  foreign[0] = 0
  expect(() => parseShardHeader(foreign, 70, 'x.bin')).toThrow('not a token file')
})
