import { BYTE_CLASS, CODE_POINT_CLASS, MULTI_BYTE, OTHER, SPACE } from './code-point-class.ts'
import { decodeUtf8 } from './decode-utf8.ts'

const APOSTROPHE = 0x27
const BLANK = 0x20
const [d, e, l, m, r, s, t, v] = [0x64, 0x65, 0x6c, 0x6d, 0x72, 0x73, 0x74, 0x76] as const

/** `(length << 2) | class` of the character at `at`; a byte that is not valid UTF-8 is an OTHER of length 1. */
function characterAt(bytes: Uint8Array, at: number, end: number): number {
  const byteClass = BYTE_CLASS[bytes[at]!]!
  if (byteClass !== MULTI_BYTE) return 4 | byteClass
  const decoded = decodeUtf8(bytes, at, end)
  return decoded < 0 ? 4 | OTHER : ((decoded & 7) << 2) | CODE_POINT_CLASS[decoded >> 3]!
}

/** End of the run of characters of class `wanted` that starts at `at`. */
function runEnd(bytes: Uint8Array, at: number, end: number, wanted: number): number {
  while (at < end) {
    const byteClass = BYTE_CLASS[bytes[at]!]!
    if (byteClass === wanted) {
      at++
    } else if (byteClass !== MULTI_BYTE) {
      return at
    } else {
      const character = characterAt(bytes, at, end)
      if ((character & 3) !== wanted) return at
      at += character >> 2
    }
  }
  return at
}

/** Length of the English contraction `'s|'t|'re|'ve|'m|'ll|'d` at an apostrophe, or 0. */
function contractionLength(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return 0
  const first = bytes[at + 1]!
  if (first === s || first === t || first === m || first === d) return 2
  if (at + 2 >= end) return 0
  const second = bytes[at + 2]!
  return ((first === r || first === v) && second === e) || (first === l && second === l) ? 3 : 0
}

/**
 * End of the pre-token that starts at `start`, by GPT-2's pattern over UTF-8 bytes (openai/gpt-2 `src/encoder.py`):
 *
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * Written by hand because a regular expression would need a string of the whole text. `end` counts as the end of the text: cut
 * a text only between an ASCII byte that is no white space and one that is, and it keeps its pre-tokens. Needs start < end.
 */
export function pretokenEnd(bytes: Uint8Array, start: number, end: number): number {
  const byte = bytes[start]!
  if (byte === APOSTROPHE) {
    const length = contractionLength(bytes, start, end)
    if (length > 0) return start + length
  }
  const first = characterAt(bytes, start, end)
  if ((first & 3) !== SPACE) return runEnd(bytes, start + (first >> 2), end, first & 3)
  const next = start + (first >> 2)
  if (next === end) return end
  const second = characterAt(bytes, next, end)
  if ((second & 3) !== SPACE) {
    // One blank joins the word behind it; any other lone white space stands alone.
    return byte === BLANK ? runEnd(bytes, next + (second >> 2), end, second & 3) : next
  }
  // Several: all of them at the end of the text, else all but the last, which may yet join the word behind it.
  let last = next
  let after = next + (second >> 2)
  while (after < end) {
    const character = characterAt(bytes, after, end)
    if ((character & 3) !== SPACE) return last
    last = after
    after += character >> 2
  }
  return end
}
