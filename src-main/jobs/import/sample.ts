import { AppError } from '@shared/contract/errors.ts'
import type { FileKind, TextEncoding } from '@shared/contract/schemas.ts'
import { safeCut } from '../io/safe-cut.ts'
import { readBlocks } from '../io/read-blocks.ts'
import type { ImportFile, Sample } from '../task.ts'

/** Pieces of a spread sample: at most so many, and none smaller than this but in a small sample. */
const MOST_PIECES = 64
const PIECE_BYTES = 1024 * 1024
/** Bytes that are read at once, the last time up to twice as many: that block alone is searched for a line end to cut at. */
const BLOCK_BYTES = 2 * 1024 * 1024

const LF = 0x0a
const QUOTE = 0x22

/** Kinds whose lines stand for themselves, so that a file can be cut between any two of them. */
const LINE_KINDS: readonly FileKind[] = ['text', 'markdown', 'jsonl', 'tsv']

/** Why no such sample can be taken of a file, or null. */
export function sampleObstacle(
  { name, kind, gzip }: Pick<ImportFile, 'name' | 'kind' | 'gzip'>,
  { from }: Sample,
): AppError | null {
  const isLines = LINE_KINDS.includes(kind)
  if (!gzip && (isLines || (kind === 'csv' && from === 'start'))) return null
  const why = gzip
    ? 'it is compressed'
    : kind === 'csv'
      ? 'a cell between quotation marks may hold line ends; only its beginning can be taken'
      : 'it can only be read as a whole'
  return new AppError({
    code: 'unsupported',
    message: `No ${from === 'spread' ? 'spread ' : ''}sample can be taken of ${name}: ${why}.`,
    hint: gzip ? 'Unpack it first, or import all of it.' : 'Import all of it, or cut it into smaller files.',
  })
}

type Format = Pick<ImportFile, 'encoding' | 'kind' | 'name'>

/**
 * The bytes of a sample, some at a time, each valid until the next is asked for. Every piece but one at the file's start begins behind a
 * line end, and each ends with one. Where a piece has no line end, UTF-8 is cut between two words or characters.
 * @param fd the open file
 * @param size of all of it, in bytes
 */
export function* sampleBytes(fd: number, size: number, { bytes, from }: Sample, format: Format): Generator<Uint8Array> {
  const count = from === 'start' ? 1 : Math.max(1, Math.min(MOST_PIECES, Math.floor(bytes / PIECE_BYTES)))
  const length = even(bytes / count)
  for (let i = 0; i < count; i++) yield* piece(fd, even((i * size) / count), length, format)
}

/** UTF-16 is cut between two units only. */
const even = (position: number): number => Math.floor(position / 2) * 2

function* piece(fd: number, start: number, length: number, format: Format): Generator<Uint8Array> {
  /** Of a CSV: whether a cell between quotation marks is open. */
  let quoted = false
  // All of it but the last one or two blocks, which are searched together for a line end to cut at.
  const plain = Math.max(0, Math.floor(length / BLOCK_BYTES) - 1) * BLOCK_BYTES
  let from = start
  for (const block of readBlocks(fd, start, start + plain, BLOCK_BYTES)) {
    if (hasOddQuotes(block, format)) quoted = !quoted
    yield block.subarray(from === start && start > 0 ? firstLine(block, format) : 0)
    from += block.length
  }
  for (const block of readBlocks(fd, from, start + length, 2 * BLOCK_BYTES)) {
    const first = from === start && start > 0 ? firstLine(block, format) : 0
    const cut = lastLineEnd(block, format, quoted)
    if (cut > first) yield block.subarray(first, cut)
  }
}

/** Whether the byte at `at` is a character by itself; in UTF-16 there is a zero byte beside it. Blocks begin at an even place. */
function standsAlone(bytes: Uint8Array, at: number, encoding: TextEncoding): boolean {
  if (encoding === 'utf-16le') return at % 2 === 0 && bytes[at + 1] === 0
  return encoding !== 'utf-16be' || (at % 2 === 1 && bytes[at - 1] === 0)
}

const behind = (at: number, encoding: TextEncoding): number => at + (encoding === 'utf-16le' ? 2 : 1)

/** Behind the first line end of a block. */
function firstLine(block: Uint8Array, format: Format): number {
  for (let at = block.indexOf(LF); at >= 0; at = block.indexOf(LF, at + 1)) {
    if (standsAlone(block, at, format.encoding)) return behind(at, format.encoding)
  }
  if (!isDivisible(format)) throw longLines(format.name)
  const space = block.indexOf(0x20)
  if (space >= 0) return space + 1
  return Math.max(
    0,
    block.findIndex((byte) => (byte & 0xc0) !== 0x80),
  )
}

/** Behind the last line end of a block; of a CSV the last that is not inside a cell. */
function lastLineEnd(block: Uint8Array, format: Format, quoted: boolean): number {
  const { encoding, kind, name } = format
  let open = hasOddQuotes(block, format) !== quoted
  for (let at = block.length - 1; at >= 0; at--) {
    const byte = block[at]
    if ((byte !== LF && byte !== QUOTE) || !standsAlone(block, at, encoding)) continue
    if (byte === LF && !open) return behind(at, encoding)
    if (byte === QUOTE && kind === 'csv') open = !open
  }
  if (!isDivisible(format)) throw longLines(name)
  return safeCut(block)
}

/** Whether a text without line ends can be cut between words or characters. */
const isDivisible = ({ encoding, kind }: Format): boolean =>
  encoding === 'utf-8' && (kind === 'text' || kind === 'markdown')

function hasOddQuotes(block: Uint8Array, { kind, encoding }: Format): boolean {
  let odd = false
  if (kind !== 'csv') return odd
  for (let at = block.indexOf(QUOTE); at >= 0; at = block.indexOf(QUOTE, at + 1)) {
    if (standsAlone(block, at, encoding)) odd = !odd
  }
  return odd
}

const longLines = (name: string): AppError =>
  new AppError({
    code: 'unsupported',
    message: `No sample of this size can be taken of ${name}: one of its lines is longer than a piece of the sample.`,
    hint: 'Take a larger sample, or import all of the file.',
  })
