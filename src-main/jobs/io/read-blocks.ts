import { readSync } from 'node:fs'

const BLOCK_BYTES = 256 * 1024

/**
 * The bytes of an open file in [from, to), or as many as there are, in blocks that are each valid until the next is asked for. Reads are
 * synchronous: only job threads read whole files, and going through the event loop for each block takes as long again.
 */
export function* readBlocks(fd: number, from: number, to: number, blockBytes = BLOCK_BYTES): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(blockBytes, to - from))
  for (let position = from; position < to;) {
    const bytes = readSync(fd, buffer, 0, Math.min(buffer.length, to - position), position)
    if (bytes === 0) return
    yield buffer.subarray(0, bytes)
    position += bytes
  }
}
