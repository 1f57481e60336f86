import { isUtf8 } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import type { Probe, TextEncoding } from '@shared/contract/schemas.ts'
import { NewlineNormaliser } from '@shared/text/clean.ts'
import { ENCODING_NAMES } from '@shared/text/encodings.ts'
import { countLines, fileChunks, invalidBytesText, nulByte } from '../io/source-text.ts'
import { characterCut, utf8Blocks } from '../io/utf8-blocks.ts'
import { createValidator, type Faults } from './decode.ts'
import { gunzipChunks } from './gunzip.ts'
import { guessEncoding } from './guess-encoding.ts'
import type { Head } from './head.ts'
import { textDecoder } from './text-decoder.ts'

/** Bytes of a file that are checked for their encoding when it is looked at; what lies behind is checked by the import. */
const CHECKED_BYTES = 64 * 1024 * 1024
const SAMPLES = 3
/** Characters of a sample line on either side of what makes it one. */
const SAMPLE_REACH = 60

export interface DecodedHead {
  /** Line ends LF, no byte order mark; what is invalid is U+FFFD. */
  text: string
  encoding: TextEncoding
  encodingFound: string
  encodingSamples: Probe['encodingSamples']
  faults: Faults | null
}

/** Decodes the head of a text file, in the encoding that is wanted or that it shows. Throws AppError 'binary_file' for a NUL in it. */
export async function decodeHead(
  handle: FileHandle,
  name: string,
  head: Head,
  wanted: TextEncoding | undefined,
): Promise<DecodedHead> {
  const { encoding, found } = wanted ? { encoding: wanted, found: 'chosen by you' } : findEncoding(head)
  const newlines = new NewlineNormaliser()
  const text = newlines.push(textDecoder(encoding).decode(head.bytes, { stream: !head.whole })) + newlines.end()
  const nul = text.indexOf('\0')
  if (nul >= 0) throw nulByte(name, countLines(text.slice(0, nul)) + 1)
  return {
    text,
    encoding,
    encodingFound: found,
    encodingSamples: samplesOf(text),
    faults: await faultsOf(handle, name, head, encoding),
  }
}

function findEncoding({ bytes, sniffed }: Head): { encoding: TextEncoding; found: string } {
  if (sniffed.encoding && sniffed.by === 'mark') return { encoding: sniffed.encoding, found: 'by its byte order mark' }
  if (sniffed.encoding && sniffed.by === 'nul') return { encoding: sniffed.encoding, found: 'by its pairs of bytes' }
  const guess = guessEncoding(bytes)
  if (guess.encoding === 'utf-8') return guess
  const validator = createValidator('utf-8')
  validator.push(bytes)
  const faults = validator.end()
  const why = faults ? `; ${invalidBytesText(faults.bytes, faults.line, ENCODING_NAMES['utf-8'])}` : ''
  return { ...guess, found: `${guess.found}${why}` }
}

/** What is invalid in the first 64 MiB: of most files that is all. */
async function faultsOf(handle: FileHandle, name: string, head: Head, encoding: TextEncoding): Promise<Faults | null> {
  const validator = createValidator(encoding)
  if (head.whole) {
    validator.push(head.bytes)
    return validator.end()
  }
  // The platform is many times quicker than the validator, which is asked only where something is wrong.
  const isValid = encoding === 'utf-8' ? isValidUtf8 : isDecodable
  if (await isValid(firstBytes(handle, name, head.gzip), encoding)) return null
  for await (const bytes of firstBytes(handle, name, head.gzip)) validator.push(bytes)
  return validator.end()
}

/** Whether nothing is wrong with UTF-8; its last character may be cut off. */
async function isValidUtf8(chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  for await (const block of utf8Blocks(chunks)) {
    if (!isUtf8(block.subarray(0, characterCut(block, block.length)))) return false
  }
  return true
}

async function isDecodable(chunks: AsyncIterable<Uint8Array>, encoding: TextEncoding): Promise<boolean> {
  const decoder = textDecoder(encoding, { fatal: true })
  try {
    for await (const bytes of chunks) decoder.decode(bytes, { stream: true })
    return true
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

async function* firstBytes(handle: FileHandle, name: string, gzip: boolean): AsyncGenerator<Uint8Array> {
  const stored = fileChunks(handle, new AbortController().signal)
  let seen = 0
  for await (const bytes of gzip ? gunzipChunks(stored, name) : stored) {
    yield bytes
    seen += bytes.length
    if (seen >= CHECKED_BYTES) return
  }
}

/** The first lines with invalid bytes in them, then the first with anything but ASCII; each cut around it, in the order of the file. */
function samplesOf(text: string): Probe['encodingSamples'] {
  const invalid = linesWith(text, /\uFFFD/g, SAMPLES)
  const others = linesWith(text, /[^\0-\x7f]/g, SAMPLES).filter(({ line }) => !invalid.some((one) => one.line === line))
  return [...invalid, ...others].slice(0, SAMPLES).sort((a, b) => a.line - b.line)
}

function linesWith(text: string, wanted: RegExp, count: number): Probe['encodingSamples'] {
  const samples: Probe['encodingSamples'] = []
  let line = 1
  let counted = 0
  for (let match = wanted.exec(text); match && samples.length < count; match = wanted.exec(text)) {
    line += countLines(text.slice(counted, match.index))
    counted = match.index
    const start = text.lastIndexOf('\n', match.index) + 1
    const newline = text.indexOf('\n', match.index)
    const end = newline < 0 ? text.length : newline
    const from = Math.max(start, match.index - SAMPLE_REACH)
    const to = Math.min(end, match.index + SAMPLE_REACH)
    const cut = text.slice(from, to).trim()
    samples.push({ line, text: `${from > start ? '…' : ''}${cut}${to < end ? '…' : ''}` })
    wanted.lastIndex = end
  }
  return samples
}
