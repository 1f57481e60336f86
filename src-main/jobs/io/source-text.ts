import { isAscii, isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '@shared/contract/errors.ts'
import type { InvalidBytes, TextEncoding } from '@shared/contract/schemas.ts'
import { NewlineNormaliser } from '@shared/text/clean.ts'
import { ENCODING_NAMES } from '@shared/text/encodings.ts'
import { throwIfCancelled } from '../cancel.ts'
import { createDecoder, createValidator, type Faults } from '../import/decode.ts'
import { gunzipChunks } from '../import/gunzip.ts'
import { readBlocks } from './read-blocks.ts'
import { LineEnds, utf8Blocks } from './utf8-blocks.ts'

interface SourceFile {
  path: string
  /** What the person calls it; errors name it. */
  name: string
  encoding: TextEncoding
  /** Unpacked on the way. */
  gzip?: boolean
  /** 'refuse' when it is not said. */
  invalid?: InvalidBytes
  /** Whether CR LF and CR stay as they are. */
  keepLineEnds?: boolean
}

/** The text of a source file: decoded strictly unless it says otherwise, without byte order mark, every line ending LF. */
export class SourceText {
  /** Bytes of the file read so far. */
  bytesRead = 0
  /** Invalid bytes that were replaced or left out, once all was read. */
  invalidBytes = 0
  private readonly hash = createHash('sha256')
  private readonly newlines: NewlineNormaliser
  private readonly byteLines: LineEnds
  /** Whether the bytes themselves are the text, once they were checked: see {@link blocks}. */
  readonly isUtf8: boolean

  constructor(private readonly file: SourceFile) {
    this.newlines = new NewlineNormaliser(file.keepLineEnds)
    this.byteLines = new LineEnds(file.keepLineEnds)
    this.isUtf8 = file.encoding === 'utf-8' && (file.invalid ?? 'refuse') === 'refuse'
  }

  /** Line ends other than LF so far. */
  get lineEnds(): number {
    return this.newlines.changed + this.byteLines.changed
  }

  /** SHA-256 of the bytes read so far, lower-case hex. */
  sha256(): string {
    return this.hash.copy().digest('hex')
  }

  /** The text in chunks. Throws AppError 'bad_encoding' or 'binary_file', each with its line. */
  async *chunks(signal: AbortSignal): AsyncGenerator<string> {
    if (!this.isUtf8) return yield* this.decoded(signal)
    // Latin letters alone, as most blocks have them, make strings of half the size in a tenth of the time.
    for await (const block of this.blocks(signal)) yield isAscii(block) ? block.toString('latin1') : block.toString()
  }

  /**
   * The text as UTF-8, where the file is that: blocks cut at line ends where there are any, else between two characters, each valid until
   * the next is asked for. Throws as {@link chunks} does.
   * @param held see utf8Blocks
   */
  async *blocks(signal: AbortSignal, held?: number): AsyncGenerator<Buffer> {
    const handle = await openSource(this.file.path, this.file.name)
    try {
      for await (const block of utf8Blocks(this.unpacked(handle, signal), held)) {
        if (!isUtf8(block)) throw badEncoding(this.file, await faultsOf(handle, this.file, signal))
        if (block.includes(0)) throw nulByte(this.file.name, await lineOfNul(handle, this.file, signal))
        yield this.byteLines.push(block)
      }
    } finally {
      await handle.close()
    }
  }

  private async *decoded(signal: AbortSignal): AsyncGenerator<string> {
    const { path, name, encoding } = this.file
    const handle = await openSource(path, name)
    try {
      const decoder = createDecoder(encoding, this.file.invalid)
      const { newlines } = this
      for await (const bytes of this.unpacked(handle, signal)) {
        let text: string
        try {
          text = newlines.push(decoder.push(bytes))
        } catch (error) {
          throw error instanceof AppError ? error : badEncoding(this.file, await faultsOf(handle, this.file, signal))
        }
        if (text.includes('\0')) throw nulByte(name, await lineOfNul(handle, this.file, signal))
        if (text !== '') yield text
      }
      let rest: string
      try {
        rest = newlines.push(decoder.end()) + newlines.end()
      } catch {
        throw badEncoding(this.file, await faultsOf(handle, this.file, signal))
      }
      this.invalidBytes = decoder.invalidBytes
      if (rest !== '') yield rest
    } finally {
      await handle.close()
    }
  }

  private unpacked(handle: FileHandle, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const stored = this.counted(fileChunks(handle, signal))
    return this.file.gzip ? gunzipChunks(stored, this.file.name) : stored
  }

  /** Reads all of the file for its size and hash alone. */
  async readBytes(signal: AbortSignal): Promise<void> {
    const handle = await openSource(this.file.path, this.file.name)
    try {
      for await (const bytes of this.counted(fileChunks(handle, signal))) void bytes
    } finally {
      await handle.close()
    }
  }

  /** The bytes as they lie on the disk, hashed and counted on the way. */
  private async *counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of chunks) {
      this.hash.update(bytes)
      this.bytesRead += bytes.length
      yield bytes
    }
  }
}

/** Opens a source for reading; an error names the file as the person knows it. */
export async function openSource(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new AppError({
      code: 'io',
      message: `${name} cannot be read: ${code === 'ENOENT' ? 'it is no longer where it was' : 'reading it is not permitted'}.`,
      hint: code === 'ENOENT' ? 'Choose the file again.' : 'Check that you may read this file, then choose it again.',
      details: { errno: code ?? 'unknown' },
    })
  }
}

/** The bytes of a file in chunks, each valid until the next is asked for. */
export async function* fileChunks({ fd }: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const block of readBlocks(fd, 0, Infinity)) {
    throwIfCancelled(signal)
    yield block
  }
}

/** Reads the file once more, to say where it is wrong and how often. */
async function faultsOf(
  handle: FileHandle,
  { encoding, gzip, name }: SourceFile,
  signal: AbortSignal,
): Promise<Faults> {
  const validator = createValidator(encoding)
  const stored = fileChunks(handle, signal)
  for await (const bytes of gzip ? gunzipChunks(stored, name) : stored) validator.push(bytes)
  return validator.end() ?? { line: 1, bytes: 1 }
}

/** Reads the file once more, to say on which line its first NUL is. */
async function lineOfNul(handle: FileHandle, file: SourceFile, signal: AbortSignal): Promise<number> {
  const decoder = createDecoder(file.encoding, file.invalid)
  const newlines = new NewlineNormaliser()
  const stored = fileChunks(handle, signal)
  let lines = 0
  for await (const bytes of file.gzip ? gunzipChunks(stored, file.name) : stored) {
    const text = newlines.push(decoder.push(bytes))
    const nul = text.indexOf('\0')
    lines += countLines(nul < 0 ? text : text.slice(0, nul))
    if (nul >= 0) break
  }
  return lines + 1
}

export function badEncoding(file: Pick<SourceFile, 'name' | 'encoding'>, { line, bytes }: Faults): AppError {
  const name = ENCODING_NAMES[file.encoding]
  return new AppError({
    code: 'bad_encoding',
    message: `${file.name}: ${invalidBytesText(bytes, line, name)}.`,
    hint: 'Put a replacement character (�) in their place, leave out their lines, or choose another encoding.',
    details: { file: file.name, line, bytes, encoding: file.encoding },
  })
}

/** "20 bytes are not valid UTF-8, first at line 7". */
export const invalidBytesText = (bytes: number, line: number, encoding: string): string =>
  bytes === 1
    ? `one byte is not valid ${encoding}, at line ${line}`
    : `${bytes.toLocaleString('en-US')} bytes are not valid ${encoding}, first at line ${line}`

export const nulByte = (name: string, line: number): AppError =>
  new AppError({
    code: 'binary_file',
    message: `${name}, line ${line}: there is a NUL character, which text never holds.`,
    hint: 'This looks like binary data, or like another encoding. Choose a text file, or choose its encoding.',
    details: { line, nul: true },
  })

export function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
