import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { isBlank } from '@shared/text/is-blank.ts'
import { noText } from '../jobs/import/no-text.ts'

/** A UTF-8 text file as a string, its byte order mark left out. Throws an AppError that names the file when it is none. */
export async function readTextFile(path: string): Promise<string> {
  const name = basename(path)
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      throw new AppError({
        code: 'not_found',
        message: `There is no file ${path}.`,
        hint: 'Check the path after --data.',
      })
    }
    if (error.code === 'EISDIR') {
      throw new AppError({
        code: 'bad_request',
        message: `${path} is a folder.`,
        hint: 'Name a text file after --data.',
      })
    }
    throw error
  })
  if (bytes.includes(0)) {
    throw new AppError({
      code: 'binary_file',
      message: `${name} looks like a binary file, not like text.`,
      hint: 'Give a plain text file in UTF-8.',
    })
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new AppError({
      code: 'bad_encoding',
      message: `${name} is not valid UTF-8; the first wrong bytes are in line ${firstBadLine(bytes)}.`,
      hint: 'Save it as UTF-8 and try again.',
    })
  }
  if (isBlank(text)) throw noText(name)
  return text
}

/** 1-based number of the first line that does not decode. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  for (let at = 0; at < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, at)
    try {
      decoder.decode(bytes.subarray(at, end < 0 ? bytes.length : end))
    } catch {
      return line
    }
    if (end < 0) break
    at = end + 1
  }
  return line
}
