import type { FileKind, TextEncoding } from '../contract/schemas.ts'

/** What the first bytes of a file show. */
export type Sniffed = { binary: string } | { binary?: undefined; encoding: TextEncoding; bomBytes: number }

/** Magic numbers of what people drop by mistake. */
const MAGIC: readonly [bytes: readonly number[], name: string][] = [
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF image'],
  [[0x52, 0x49, 0x46, 0x46], 'an image, sound or video (RIFF)'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive or an office document'],
  [[0x1f, 0x8b], 'a gzip archive'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7-Zip archive'],
  [[0x42, 0x5a, 0x68], 'a bzip2 archive'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'an xz archive'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a Zstandard archive'],
  [[0x52, 0x61, 0x72, 0x21], 'a RAR archive'],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], 'a rich-text (RTF) document'],
  [[0x49, 0x44, 0x33], 'an MP3 sound'],
  [[0x4f, 0x67, 0x67, 0x53], 'an Ogg sound or video'],
  [[0x47, 0x47, 0x55, 0x46], 'a GGUF model'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old office document'],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program'],
  [[0x4d, 0x5a, 0x90, 0x00], 'a program'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet table'],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], 'a database'],
]

/** Share of control bytes above which bytes are no text in any encoding. */
const MAX_CONTROL_SHARE = 0.02

const startsWith = (bytes: Uint8Array, prefix: readonly number[]) => prefix.every((byte, i) => bytes[i] === byte)

/**
 * Encoding of a text file from its first bytes, by content and never by name: byte order mark, else the pattern of NUL bytes that
 * UTF-16 shows in mostly Latin text, else UTF-8 (whose validity the import then checks strictly). Or, in words, what the file is instead.
 */
export function sniff(head: Uint8Array): Sniffed {
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return { encoding: 'utf-8', bomBytes: 3 }
  if (startsWith(head, [0xff, 0xfe])) return { encoding: 'utf-16le', bomBytes: 2 }
  if (startsWith(head, [0xfe, 0xff])) return { encoding: 'utf-16be', bomBytes: 2 }
  const magic = MAGIC.find(([bytes]) => startsWith(head, bytes))
  if (magic) return { binary: magic[1] }

  let nulEven = 0
  let nulOdd = 0
  let control = 0
  for (let i = 0; i < head.length; i++) {
    const byte = head[i] as number
    if (byte === 0) {
      if (i % 2 === 0) nulEven++
      else nulOdd++
    } else if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) control++
  }
  const pairs = head.length / 2
  if (nulOdd > 0.3 * pairs && nulEven < 0.05 * pairs) return { encoding: 'utf-16le', bomBytes: 0 }
  if (nulEven > 0.3 * pairs && nulOdd < 0.05 * pairs) return { encoding: 'utf-16be', bomBytes: 0 }
  if (nulEven + nulOdd + control > MAX_CONTROL_SHARE * head.length) return { binary: 'binary data' }
  return { encoding: 'utf-8', bomBytes: 0 }
}

export interface KindOfText {
  kind: FileKind
  /** Of delimited text; empty otherwise. */
  delimiter: string
}

/** Lines that must agree on a delimiter before text counts as a table. */
const TABLE_LINES = 12

/**
 * Kind of a decoded text by its content, with the file's name only as the casting vote between prose and a table.
 * `head` is the first part of the text; its last line may be cut.
 */
export function kindOfText(head: string, name: string): KindOfText {
  const text = head.trimStart()
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const lines = head.split(/\r\n|\n|\r/)
  if (lines.length > 1) lines.pop()
  const filled = lines.filter((line) => line.trim() !== '')

  if (/^\[\s*(\{|\])/.test(text)) return { kind: 'json', delimiter: '' }
  if (text.startsWith('{')) {
    const objects = filled.filter((line) => line.trimStart().startsWith('{')).length
    const perLine = extension === 'jsonl' || extension === 'ndjson' || objects > filled.length / 2
    return { kind: perLine ? 'jsonl' : 'json', delimiter: '' }
  }
  if (extension === 'jsonl' || extension === 'ndjson') return { kind: 'jsonl', delimiter: '' }
  if (extension === 'json') return { kind: 'json', delimiter: '' }

  const named = extension === 'csv' || extension === 'tsv' || extension === 'tab'
  const delimiter = delimiterOf(filled.slice(0, TABLE_LINES))
  if (named) {
    const fallback = extension === 'csv' ? ',' : '\t'
    const chosen = delimiter ?? fallback
    return { kind: chosen === '\t' ? 'tsv' : 'csv', delimiter: chosen }
  }
  // Prose has commas too: without a name that says so, only tabs make a table.
  if (delimiter === '\t' && filled.length > 1) return { kind: 'tsv', delimiter }
  return { kind: extension === 'md' || extension === 'markdown' ? 'markdown' : 'text', delimiter: '' }
}

/** The delimiter that cuts the most lines into the same number of cells, at least two; null when none does. */
function delimiterOf(lines: string[]): string | null {
  let best: string | null = null
  let bestScore = 0
  for (const delimiter of ['\t', ',', ';', '|']) {
    const counts = new Map<number, number>()
    for (const line of lines) {
      const cells = line.replace(/"(?:[^"]|"")*"/g, '""').split(delimiter).length
      if (cells > 1) counts.set(cells, (counts.get(cells) ?? 0) + 1)
    }
    const score = Math.max(0, ...counts.values())
    if (score > bestScore && score >= Math.max(1, lines.length * 0.6)) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}
