import { open, type FileHandle } from 'node:fs/promises'

const CHUNK_BYTES = 1024 * 1024

/**
 * Bytes `start` to `end` (included) of a file. The file is opened when the first chunk is asked for and closed after the
 * last one or when the reader goes, so a stream that nobody reads holds nothing open.
 */
export function readStream(path: string, start: number, end: number): ReadableStream<Uint8Array> {
  let handle: FileHandle | null = null
  let position = start
  const close = async () => {
    const open = handle
    handle = null
    await open?.close()
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          handle ??= await open(path, 'r')
          const wanted = Math.min(CHUNK_BYTES, end + 1 - position)
          const { bytesRead, buffer } = await handle.read(new Uint8Array(wanted), 0, wanted, position)
          if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`)
          position += bytesRead
          controller.enqueue(bytesRead === wanted ? buffer : buffer.subarray(0, bytesRead))
          if (position <= end) return
          await close()
          controller.close()
        } catch (error) {
          await close()
          throw error
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  )
}
