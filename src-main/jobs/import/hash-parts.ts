import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Made } from '@shared/contract/cleaning.ts'
import type { Purpose } from '@shared/contract/schemas.ts'
import { hashHere } from '../io/hash-file.ts'
import { PARTS } from './split.ts'

/** Hash and size of a file, read as a stream, with a turn for others after each chunk. */
export async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Hashes of a dataset's parts as they lie in its folder. */
export function hashParts(folder: string, purpose: Purpose, signal: AbortSignal): Made['parts'] {
  const files = PARTS.map((part) => `${part}.${purpose === 'pretrain' ? 'txt' : 'jsonl'}`)
  return files
    .filter((file) => existsSync(join(folder, file)))
    .map((file) => ({ file, ...hashHere(join(folder, file), signal) }))
}
