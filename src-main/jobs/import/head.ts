import type { FileHandle } from 'node:fs/promises'
import { sniff, type Sniffed } from '@shared/text/sniff.ts'
import { fileChunks } from '../io/source-text.ts'
import { gunzipChunks } from './gunzip.ts'

const HEAD_BYTES = 1024 * 1024

/** The beginning of a file, unpacked. */
export interface Head {
  bytes: Uint8Array
  /** Whether that is all of it. */
  whole: boolean
  gzip: boolean
  sniffed: Sniffed
}

/** Reads the first MiB, of what is inside where the file is compressed. */
export async function readHead(handle: FileHandle, name: string): Promise<Head> {
  const { size } = await handle.stat()
  const stored = Buffer.alloc(Math.min(HEAD_BYTES, size))
  const { bytesRead } = await handle.read(stored, 0, stored.length, 0)
  const bytes = stored.subarray(0, bytesRead)
  const sniffed = sniff(bytes)
  if (sniffed.container !== 'gzip') return { bytes, whole: bytesRead === size, gzip: false, sniffed }
  const inside = await unpackedHead(handle, name)
  return { ...inside, gzip: true, sniffed: sniff(inside.bytes) }
}

async function unpackedHead(handle: FileHandle, name: string): Promise<Pick<Head, 'bytes' | 'whole'>> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of gunzipChunks(fileChunks(handle, new AbortController().signal), name)) {
    parts.push(chunk)
    length += chunk.length
    if (length > HEAD_BYTES) return { bytes: Buffer.concat(parts).subarray(0, HEAD_BYTES), whole: false }
  }
  return { bytes: Buffer.concat(parts), whole: true }
}
