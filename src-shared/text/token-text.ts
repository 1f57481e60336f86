import type { StreamDecoder, Tokenizer } from './tokenizer.ts'
import { decodeUtf8 } from './decode-utf8.ts'

// A leading U+FEFF is text here: the decoder must not swallow it.
const decoderOptions = { ignoreBOM: true }
const decoder = new TextDecoder('utf-8', decoderOptions)

/** U+FFFD in UTF-8. */
export const REPLACEMENT_BYTES = Uint8Array.of(0xef, 0xbf, 0xbd)

export const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes)

/** Decodes token by token, and shows a character only when all its bytes are there. */
export function streamTokens(tokenizer: Pick<Tokenizer, 'tokenBytes'>): StreamDecoder {
  const stream = new TextDecoder('utf-8', decoderOptions)
  return {
    push: (id) => stream.decode(tokenizer.tokenBytes(id), { stream: true }),
    flush: () => stream.decode(),
  }
}

const VISIBLE = new Map([
  [0x20, '·'],
  [0x0a, '↵'],
  [0x0d, '␍'],
  [0x09, '⇥'],
])

/** Bytes of a token as something a person can see: see {@link Tokenizer.tokenLabel}. */
export function visibleText(bytes: Uint8Array): string {
  let label = ''
  for (let at = 0; at < bytes.length;) {
    const decoded = decodeUtf8(bytes, at, bytes.length)
    if (decoded < 0) {
      label += `<0x${bytes[at]!.toString(16).toUpperCase().padStart(2, '0')}>`
      at++
      continue
    }
    const point = decoded >> 3
    const text = String.fromCodePoint(point)
    // Control, format, separator and unassigned characters leave no mark of their own.
    label +=
      VISIBLE.get(point) ??
      (/[\p{C}\p{Z}]/u.test(text) ? `<U+${point.toString(16).toUpperCase().padStart(4, '0')}>` : text)
    at += decoded & 7
  }
  return label
}
