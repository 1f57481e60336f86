import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

const BUFFER_BYTES = 1024 * 1024

/**
 * A new file that grows at its end, through one buffer. Writes are synchronous: only job threads use it, and they have nothing
 * else to do meanwhile.
 */
export class AppendFile {
  private readonly fd: number
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES)
  private used = 0
  private written = 0
  private isOpen = true

  constructor(readonly path: string) {
    this.fd = openSync(path, 'wx+')
  }

  /** Bytes appended so far. */
  get size(): number {
    return this.written + this.used
  }

  append(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES - this.used) this.flush()
    if (bytes.length > BUFFER_BYTES) return this.write(bytes)
    this.buffer.set(bytes, this.used)
    this.used += bytes.length
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
    this.abandon()
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
  }
}

/** A single write may take fewer bytes than it was given. */
function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done)
}
