import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'

/**
 * Unpacks gzip (RFC 1952, several members too) as it comes in. Throws AppError 'corrupt' for data that is damaged or ends early, and
 * 'too_large' for a bomb: data that grows by more than LIMITS.compressionRatio.
 */
export async function* gunzipChunks(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let packed = 0
  let unpacked = 0
  // The copies matter: a reader may use one buffer for all its chunks, and zlib reads them in another thread.
  const copies = async function* () {
    for await (const chunk of chunks) {
      packed += chunk.length
      yield Buffer.from(chunk)
    }
  }
  const input = Readable.from(copies(), { objectMode: false, highWaterMark: 1 })
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  input.once('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of input.pipe(gunzip)) {
      unpacked += (chunk as Uint8Array).length
      checkRatio(name, packed, unpacked)
      yield chunk as Uint8Array
    }
  } catch (error) {
    throw error instanceof AppError ? error : damaged(name, error as Error)
  } finally {
    input.destroy()
    gunzip.destroy()
  }
}

/** AppError 'too_large' when packed bytes have grown more than the limit allows. */
export function checkRatio(name: string, packed: number, unpacked: number): void {
  if (unpacked <= LIMITS.ratioFreeBytes || unpacked <= packed * LIMITS.compressionRatio) return
  throw new AppError({
    code: 'too_large',
    message: `${name} grows to more than ${LIMITS.compressionRatio} times its size when it is unpacked; it was not read further.`,
    hint: 'Real text is packed about 3 to 20 times smaller. If you trust this file, unpack it yourself and choose what is inside.',
    details: { packedBytes: packed, unpackedBytes: unpacked, limitRatio: LIMITS.compressionRatio },
  })
}

const damaged = (name: string, error: Error): AppError =>
  new AppError({
    code: 'corrupt',
    message: `${name} is damaged: its compressed data ${/unexpected end/.test(error.message) ? 'ends too early' : 'is not valid'}.`,
    hint: 'Copy or download it again, or unpack it yourself and choose what is inside.',
  })
