import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

const BUFFER_BYTES = 1024 * 1024
/** So much is handed to the disk at a time, in the background: else all of it would be waited for at the end. */
const SYNC_BYTES = 32 * 1024 * 1024

/**
 * A new file that grows at its end, through one buffer. Writes are synchronous: only job threads use it, and they have nothing
 * else to do meanwhile.
 */
export class AppendFile {
  private readonly fd: number
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  private used = 0
  private written = 0
  private unsynced = 0
  private isOpen = true
  private failure: Error | null = null

  constructor(readonly path: string) {
    this.fd = openSync(path, 'wx+')
  }

  /** Bytes appended so far. */
  get size(): number {
    return this.written + this.used
  }

  /** Appends the first `length` bytes. */
  append(bytes: Uint8Array, length = bytes.length): void {
    if (length > BUFFER_BYTES - this.used) this.flush()
    if (length > BUFFER_BYTES) return this.write(bytes.subarray(0, length))
    this.buffer.set(length === bytes.length ? bytes : bytes.subarray(0, length), this.used)
    this.used += length
  }

  /** The bytes in [start, end). */
  read(start: number, end: number): Buffer {
    this.flush()
    const bytes = Buffer.alloc(end - start)
    for (let done = 0; done < bytes.length;) {
      const count = readSync(this.fd, bytes, done, bytes.length - done, start + done)
      if (count === 0) throw new Error(`${this.path} ends at ${start + done}`)
      done += count
    }
    return bytes
  }

  truncate(size: number): void {
    this.flush()
    ftruncateSync(this.fd, size)
    this.written = size
  }

  /** Replaces bytes that were written before. */
  overwrite(bytes: Uint8Array, position: number): void {
    this.flush()
    writeAll(this.fd, bytes, position)
  }

  /** Closes it, its bytes safely on the disk. */
  close(): void {
    this.flush()
    fsyncSync(this.fd)
    this.end()
  }

  /** Closes it; that it reaches the disk is someone else's care. */
  end(): void {
    this.flush()
    this.abandon()
    if (this.failure) throw this.failure
  }

  /** Closes it as it is, if it still is open: the file is going to be removed. */
  abandon(): void {
    if (this.isOpen) closeSync(this.fd)
    this.isOpen = false
  }

  private flush(): void {
    const pending = this.buffer.subarray(0, this.used)
    this.used = 0
    this.write(pending)
  }

  private write(bytes: Uint8Array): void {
    writeAll(this.fd, bytes, this.written)
    this.written += bytes.length
    this.unsynced += bytes.length
    if (this.unsynced < SYNC_BYTES) return
    this.unsynced = 0
    fdatasync(this.fd, (error) => (this.failure ??= this.isOpen ? error : null))
  }
}

/** A single write may take fewer bytes than it was given. */
function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done)
}
