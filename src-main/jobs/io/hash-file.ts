import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { throwIfCancelled } from '../cancel.ts'
import { readBlocks } from './read-blocks.ts'

/** Size and SHA-256 (lower-case hex) of a file, read without a pause: for threads that have nothing else to do. */
export function hashHere(path: string, signal?: AbortSignal): { bytes: number; sha256: string } {
  const fd = openSync(path, 'r')
  try {
    const hash = createHash('sha256')
    let bytes = 0
    for (const block of readBlocks(fd, 0, Infinity)) {
      if (signal) throwIfCancelled(signal)
      hash.update(block)
      bytes += block.length
    }
    return { bytes, sha256: hash.digest('hex') }
  } finally {
    closeSync(fd)
  }
}
