import { createHash, type Hash } from 'node:crypto'
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'

/** A body as it comes in: chunks of bytes, one after the other. */
export type Body = AsyncIterable<Uint8Array>

const tooLarge = () =>
  new AppError({
    code: 'too_large',
    message: `A part may hold at most ${LIMITS.partBytes.toLocaleString('en-US')} bytes.`,
    hint: 'Send the file in smaller parts.',
    details: { partBytes: LIMITS.partBytes },
  })

/**
 * A file that grows by parts, each at the offset where the last one ended, hashed as it comes. A part that fails half-way
 * (connection gone, disk full) leaves neither bytes nor hash behind, so the same part can be sent again.
 */
export class PartFile {
  private bytes = 0
  private hash: Hash = createHash('sha256')
  private writing = false

  private constructor(
    readonly path: string,
    private readonly maxBytes: number,
  ) {}

  /** Makes the file, empty. `maxBytes` caps the whole. */
  static async create(path: string, maxBytes: number): Promise<PartFile> {
    await mkdir(dirname(path), { recursive: true })
    const handle = await open(path, 'w')
    await handle.close()
    return new PartFile(path, maxBytes)
  }

  get size(): number {
    return this.bytes
  }

  /** SHA-256 of everything received, lower-case hex. */
  sha256(): string {
    return this.hash.copy().digest('hex')
  }

  /** Appends one part; resolves to the new size. AppError 'bad_request' for a wrong offset, 'too_large', 'busy'. */
  async append(offset: number, body: Body): Promise<number> {
    if (this.writing) throw new AppError({ code: 'busy', message: 'Another part of this file is being received.' })
    if (offset !== this.bytes) {
      throw new AppError({
        code: 'bad_request',
        message: `The next part starts at ${this.bytes}, not at ${offset}.`,
        details: { expectedOffset: this.bytes },
      })
    }
    this.writing = true
    try {
      const { size, hash } = await this.receive(body)
      this.bytes = size
      this.hash = hash
      return size
    } finally {
      this.writing = false
    }
  }

  private async receive(body: Body): Promise<{ size: number; hash: Hash }> {
    const hash = this.hash.copy()
    let size = this.bytes
    const handle = await open(this.path, 'r+')
    try {
      for await (const chunk of body) {
        if (size - this.bytes + chunk.byteLength > LIMITS.partBytes) throw tooLarge()
        if (size + chunk.byteLength > this.maxBytes) {
          throw new AppError({
            code: 'too_large',
            message: `More bytes came than the ${this.maxBytes.toLocaleString('en-US')} announced.`,
          })
        }
        hash.update(chunk)
        await writeAll(handle, chunk, size)
        size += chunk.byteLength
      }
    } catch (error) {
      await handle.truncate(this.bytes)
      throw error
    } finally {
      await handle.close()
    }
    return { size, hash }
  }
}

/** A single write may take fewer bytes than it was given. */
async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.byteLength;) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.byteLength - done, position + done)
    done += bytesWritten
  }
}
