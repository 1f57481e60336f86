import { analyse } from 'chardet'
import type { TextEncoding } from '@shared/contract/schemas.ts'
import { ENCODING_NAMES } from '@shared/text/encodings.ts'
import { textDecoder } from './text-decoder.ts'

/** Bytes that the detector is given: it gains nothing from more. */
const SAMPLE_BYTES = 64 * 1024

interface Guess {
  encoding: TextEncoding
  /** How it was found, in words. */
  found: string
}

/**
 * The encoding of text that has no mark and is not plain UTF-8, from the first bytes of the file. Mostly valid UTF-8 with some invalid
 * bytes stays UTF-8. What a page declares about itself comes next, then the detector's likeliest encoding in which everything has a
 * meaning. Always a guess: the person sees lines in it, and can choose another.
 */
export function guessEncoding(head: Uint8Array): Guess {
  const { valid, invalid } = countUtf8(head)
  if (invalid === 0) return { encoding: 'utf-8', found: valid === 0 ? 'plain ASCII' : 'valid UTF-8' }
  if (valid >= invalid / 2) return { encoding: 'utf-8', found: 'mostly valid UTF-8' }
  const declared = declaredEncoding(head)
  if (declared && means(head, declared)) return { encoding: declared, found: 'as the file declares' }
  const likely = analyse(linesWithHighBytes(head))
    .flatMap(({ name }) => LABELS[name.toLowerCase()] ?? [])
    .find((encoding) => means(head, encoding))
  const encoding = likely ?? 'windows-1252'
  return { encoding, found: `a guess: ${ENCODING_NAMES[encoding]} fits best` }
}

/** Characters beyond ASCII that are valid UTF-8, and places that are not. */
function countUtf8(head: Uint8Array): { valid: number; invalid: number } {
  const text = new TextDecoder('utf-8').decode(head, { stream: true })
  // A � that the file itself holds, as a text does that was once read wrongly, is as valid as any other character.
  const own =
    Buffer.from(head)
      .toString('latin1')
      .match(/\xef\xbf\xbd/g)?.length ?? 0
  const invalid = (text.match(/\uFFFD/g)?.length ?? 0) - own
  return { valid: (text.match(/[^\0-\x7f]/gu)?.length ?? 0) - invalid, invalid }
}

/** The detector's names (lower-case) and declared ones, as `TextDecoder` labels that the studio offers. */
const LABELS: Record<string, TextEncoding> = Object.fromEntries([
  ...(Object.keys(ENCODING_NAMES) as TextEncoding[])
    .filter((label) => !label.startsWith('utf-'))
    .map((label) => [label, label]),
  // ISO 8859-1 and -9 are read as the Windows code pages that hold them, as every browser does.
  ['iso-8859-1', 'windows-1252'],
  ['latin1', 'windows-1252'],
  ['iso-8859-9', 'windows-1254'],
  ['gbk', 'gb18030'],
  ['gb2312', 'gb18030'],
  ['shift-jis', 'shift_jis'],
  ['sjis', 'shift_jis'],
  ['cp1251', 'windows-1251'],
  ['tis-620', 'windows-874'],
])

/** `<meta charset>`, `<?xml encoding?>` and the like within the first KiB. */
function declaredEncoding(head: Uint8Array): TextEncoding | undefined {
  const text = Buffer.from(head.subarray(0, 1024)).toString('latin1')
  const label = /^\s*<[^]*?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)/i.exec(text)?.[1]
  return label === undefined ? undefined : LABELS[label.toLowerCase()]
}

/** Whether every byte has a meaning in the encoding; C1 control characters are none. */
function means(head: Uint8Array, encoding: TextEncoding): boolean {
  try {
    const text = textDecoder(encoding, { fatal: true }).decode(head, { stream: true })
    return !/[\x80-\x84\x86-\x9f]/.test(text)
  } catch {
    return false
  }
}

/** The lines that say something about the encoding, end to end. */
function linesWithHighBytes(head: Uint8Array): Uint8Array {
  const sample = Buffer.alloc(SAMPLE_BYTES)
  let used = 0
  let start = 0
  let high = false
  for (let i = 0; i <= head.length && used < SAMPLE_BYTES; i++) {
    if (i < head.length && head[i] !== 0x0a) {
      high ||= (head[i] as number) > 0x7f
      continue
    }
    if (high) {
      const line = head.subarray(start, Math.min(i + 1, head.length, start + SAMPLE_BYTES - used))
      sample.set(line, used)
      used += line.length
    }
    start = i + 1
    high = false
  }
  return sample.subarray(0, used)
}
