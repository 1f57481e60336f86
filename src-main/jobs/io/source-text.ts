import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { AppError } from '@shared/contract/errors.ts'
import type { TextEncoding } from '@shared/contract/schemas.ts'
import { NewlineNormaliser } from '@shared/text/clean.ts'
import { Utf8Validator } from '@shared/text/utf8.ts'
import { throwIfCancelled } from '../cancel.ts'
import { Utf16Validator } from './utf16.ts'

const CHUNK_BYTES = 1024 * 1024

interface SourceFile {
  path: string
  /** What the person calls it; errors name it. */
  name: string
  encoding: TextEncoding
}

/** The text of a source file in chunks: decoded strictly, without byte order mark, every line ending LF. */
export class SourceText {
  /** Bytes of the file read so far. */
  bytesRead = 0
  private readonly hash = createHash('sha256')

  constructor(private readonly file: SourceFile) {}

  /** SHA-256 of the bytes read so far, lower-case hex. */
  sha256(): string {
    return this.hash.copy().digest('hex')
  }

  /** Throws AppError 'bad_encoding' or 'binary_file', each with its line. */
  async *chunks(signal: AbortSignal): AsyncGenerator<string> {
    const { path, name, encoding } = this.file
    const handle = await openSource(path, name)
    try {
      const decoder = new TextDecoder(encoding, { fatal: true })
      const newlines = new NewlineNormaliser()
      let lines = 0
      for await (const bytes of fileChunks(handle, signal)) {
        this.hash.update(bytes)
        this.bytesRead += bytes.length
        let text: string
        try {
          text = newlines.push(decoder.decode(bytes, { stream: true }))
        } catch {
          throw badEncoding(this.file, await faultsOf(handle, encoding, signal))
        }
        const nul = text.indexOf('\0')
        if (nul >= 0) throw nulByte(name, lines + countLines(text.slice(0, nul)) + 1)
        lines += countLines(text)
        if (text !== '') yield text
      }
      let rest: string
      try {
        rest = newlines.push(decoder.decode()) + newlines.end()
      } catch {
        throw badEncoding(this.file, await faultsOf(handle, encoding, signal))
      }
      if (rest !== '') yield rest
    } finally {
      await handle.close()
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

async function* fileChunks(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let position = 0; ;) {
    throwIfCancelled(signal)
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    position += bytesRead
  }
}

interface Faults {
  line: number
  count: number
}

/** Reads the file once more, to say where it is wrong and how often. */
async function faultsOf(handle: FileHandle, encoding: TextEncoding, signal: AbortSignal): Promise<Faults> {
  const validator = createValidator(encoding)
  for await (const bytes of fileChunks(handle, signal)) validator.push(bytes)
  return validator.end() ?? { line: 1, count: 1 }
}

export const createValidator = (encoding: TextEncoding): Utf8Validator | Utf16Validator =>
  encoding === 'utf-8' ? new Utf8Validator() : new Utf16Validator(encoding)

const ENCODING_NAMES: Record<TextEncoding, string> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little-endian)',
  'utf-16be': 'UTF-16 (big-endian)',
}

export function badEncoding(file: Pick<SourceFile, 'name' | 'encoding'>, { line, count }: Faults): AppError {
  const places = count === 1 ? 'One place is' : `${count.toLocaleString('en-US')} places are`
  const name = ENCODING_NAMES[file.encoding]
  return new AppError({
    code: 'bad_encoding',
    message: `${file.name}, line ${line}: ${places} not valid ${name}${count === 1 ? '' : '; this is the first'}.`,
    hint: `Save the file as UTF-8 in an editor${file.encoding === 'utf-8' ? '' : ', or choose another encoding'}, then choose it again.`,
    details: { line, count, encoding: file.encoding },
  })
}

export const nulByte = (name: string, line: number): AppError =>
  new AppError({
    code: 'binary_file',
    message: `${name}, line ${line}: there is a NUL character, which text never holds.`,
    hint: 'This looks like binary data, or like another encoding. Choose a text file, or choose its encoding.',
    details: { line },
  })

export function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
