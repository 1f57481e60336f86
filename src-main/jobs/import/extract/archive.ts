import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { throwIfCancelled } from '../../cancel.ts'
import { checkRatio } from '../gunzip.ts'

/**
 * A ZIP archive on disk, read entry by entry without unpacking it anywhere: names in it are only looked up, never used as paths. Every
 * size it claims is checked while reading (yauzl `validateEntrySizes`), and LIMITS bound what it may hold.
 */
export class Archive {
  private unpacked = 0

  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: Map<string, Entry>,
    private readonly name: string,
  ) {}

  /** Throws AppError 'corrupt' for a damaged archive and 'too_large' for one with too many entries. */
  static async open(path: string, name: string): Promise<Archive> {
    let zip: ZipFile | undefined
    try {
      zip = await openPromise(path, { autoClose: false, strictFileNames: false, validateEntrySizes: true })
      if (zip.entryCount > LIMITS.archiveEntries) throw tooMany(name, zip.entryCount)
      const entries = new Map<string, Entry>()
      for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
      return new Archive(zip, entries, name)
    } catch (error) {
      zip?.close()
      throw error instanceof AppError ? error : damaged(name, error)
    }
  }

  has(entry: string): boolean {
    return this.entries.has(entry)
  }

  names(): IterableIterator<string> {
    return this.entries.keys()
  }

  /** The bytes of an entry, in chunks. Throws AppError as `open` does, and 'too_large' for a bomb. */
  async *read(entryName: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const entry = this.entries.get(entryName)
    if (!entry) throw damaged(this.name, new Error(`there is no ${entryName} in it`))
    if (entry.isEncrypted()) throw encrypted(this.name)
    try {
      const stream = await this.zip.openReadStreamPromise(entry)
      let unpacked = 0
      for await (const chunk of stream) {
        throwIfCancelled(signal)
        const bytes = chunk as Uint8Array
        unpacked += bytes.length
        this.unpacked += bytes.length
        checkRatio(this.name, entry.compressedSize, unpacked)
        if (this.unpacked > LIMITS.archiveBytes) throw tooLarge(this.name)
        yield bytes
      }
    } catch (error) {
      throw error instanceof AppError ? error : damaged(this.name, error)
    }
  }

  /** An entry of at most 16 MiB as a whole, as text. */
  async text(entryName: string, signal: AbortSignal): Promise<string> {
    let text = ''
    for await (const chunk of decodeXml(this.read(entryName, signal), this.name, entryName)) {
      text += chunk
      if (text.length > LIMITS.lineBytes) throw tooLarge(this.name)
    }
    return text
  }

  close(): void {
    this.zip.close()
  }
}

/** XML or XHTML bytes as text: UTF-8, or UTF-16 by its byte order mark, as the standards of DOCX and EPUB have it. */
export async function* decodeXml(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  part: string,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  try {
    for await (const bytes of chunks) {
      decoder ??= new TextDecoder(markOf(bytes), { fatal: true })
      yield decoder.decode(bytes, { stream: true })
    }
    if (decoder) yield decoder.decode()
  } catch (error) {
    throw error instanceof TypeError ? damaged(name, new Error(`${part} is not valid text`)) : error
  }
}

function markOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
}

export const damaged = (name: string, error: unknown): AppError =>
  new AppError({
    code: 'corrupt',
    message: `${name} is damaged and cannot be opened.`,
    hint: 'Copy or download it again, or save it as plain text with the program it came from.',
    details: { found: error instanceof Error ? error.message : String(error) },
  })

export const encrypted = (name: string): AppError =>
  new AppError({
    code: 'unsupported',
    message: `${name} is protected: what is inside is encrypted.`,
    hint: 'Save a copy without password or copy protection, or as plain text, and choose that.',
  })

const tooMany = (name: string, count: number): AppError =>
  new AppError({
    code: 'too_large',
    message: `${name} holds ${count.toLocaleString('en-US')} files; at most ${LIMITS.archiveEntries.toLocaleString('en-US')} are read in a document.`,
    hint: 'Save its text as a plain text file and choose that.',
  })

const tooLarge = (name: string): AppError =>
  new AppError({
    code: 'too_large',
    message: `${name} unpacks to more than ${LIMITS.archiveBytes / 1024 ** 3} GiB; it was not read further.`,
    hint: 'Save its text as a plain text file and choose that: plain text may be of any size.',
  })
