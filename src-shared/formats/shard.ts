import { AppError } from '../contract/errors.ts'

/**
 * A token shard: one part of a dataset's tokens on disk, little-endian.
 *
 *   0  magic "GRADUSTK"      8  u32 version      12  u32 bytes per token (2 | 4)
 *  16  u32 vocabulary size  20  u32 CRC-32 of the tokens    24  u64 token count
 *  32  SHA-256 of tokenizer.json (32 bytes)                 64  tokens
 */
export const SHARD_HEADER_BYTES = 64
const MAGIC = 'GRADUSTK'
const VERSION = 1

export interface ShardHeader {
  /** 2 while the vocabulary has at most 65,536 ids. */
  dtypeBytes: 2 | 4
  vocabSize: number
  tokens: number
  /** CRC-32 of the token bytes. */
  crc: number
  /** SHA-256 of tokenizer.json, 64 hexadecimal digits. */
  tokenizerSha256: string
}

/** Bytes per token that a vocabulary of this size needs on disk. */
export const dtypeBytesFor = (vocabSize: number): 2 | 4 => (vocabSize <= 65_536 ? 2 : 4)

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Token ids as the little-endian bytes of a shard; where they lie in memory like that already, these very bytes. */
export function encodeTokens(ids: ArrayLike<number>, dtypeBytes: 2 | 4): Uint8Array {
  if (dtypeBytes === 2 && ids instanceof Uint16Array && isLittleEndian) {
    return new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)
  }
  const view = new DataView(new ArrayBuffer(ids.length * dtypeBytes))
  for (let i = 0; i < ids.length; i++) {
    if (dtypeBytes === 2) view.setUint16(i * 2, ids[i] as number, true)
    else view.setUint32(i * 4, ids[i] as number, true)
  }
  return new Uint8Array(view.buffer)
}

/** The ids in the token bytes of a shard (a copy, so that any offset is fine). */
export function decodeTokens(bytes: Uint8Array, dtypeBytes: 2 | 4): Uint16Array | Uint32Array {
  const count = Math.floor(bytes.length / dtypeBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const ids = dtypeBytes === 2 ? new Uint16Array(count) : new Uint32Array(count)
  for (let i = 0; i < count; i++) ids[i] = dtypeBytes === 2 ? view.getUint16(i * 2, true) : view.getUint32(i * 4, true)
  return ids
}

/** The 64 bytes before a shard's tokens. */
export function encodeShardHeader(header: ShardHeader): Uint8Array {
  const bytes = new Uint8Array(SHARD_HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode(MAGIC))
  view.setUint32(8, VERSION, true)
  view.setUint32(12, header.dtypeBytes, true)
  view.setUint32(16, header.vocabSize, true)
  view.setUint32(20, header.crc, true)
  view.setBigUint64(24, BigInt(header.tokens), true)
  for (let i = 0; i < 32; i++) bytes[32 + i] = Number.parseInt(header.tokenizerSha256.slice(i * 2, i * 2 + 2), 16)
  return bytes
}

/** Reads a shard's header; `fileBytes` is the length of the whole file. Throws AppError 'corrupt' naming the fault. */
export function parseShardHeader(bytes: Uint8Array, fileBytes: number, file: string): ShardHeader {
  const refuse = (what: string) =>
    new AppError({
      code: 'corrupt',
      message: `${file}: ${what}`,
      hint: 'Make the tokenizer again: the text itself is still there.',
    })
  if (bytes.length < SHARD_HEADER_BYTES) throw refuse('the file is shorter than its header.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) throw refuse('this is not a token file of the studio.')
  const version = view.getUint32(8, true)
  if (version !== VERSION) throw refuse(`version ${version} is not one this studio reads.`)
  const dtypeBytes = view.getUint32(12, true)
  if (dtypeBytes !== 2 && dtypeBytes !== 4) throw refuse(`${dtypeBytes} bytes a token make no sense.`)
  const tokens = Number(view.getBigUint64(24, true))
  if (SHARD_HEADER_BYTES + tokens * dtypeBytes !== fileBytes) {
    throw refuse(
      `the header promises ${tokens} tokens, the file has room for ${(fileBytes - SHARD_HEADER_BYTES) / dtypeBytes}.`,
    )
  }
  const hash = [...bytes.subarray(32, 64)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return {
    dtypeBytes,
    vocabSize: view.getUint32(16, true),
    crc: view.getUint32(20, true),
    tokens,
    tokenizerSha256: hash,
  }
}
