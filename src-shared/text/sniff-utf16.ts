type Utf16 = 'utf-16le' | 'utf-16be'

/** Bytes looked at. */
const SAMPLE_BYTES = 64 * 1024
/** Above this share of printable ASCII bytes it is no UTF-16 of any writing, however its bytes pair up. */
const MAX_ASCII_SHARE = 0.85

/**
 * UTF-16 without a byte order mark, or null. Mostly Latin text shows it by a NUL in every other byte. Other writings are told by
 * decoding both ways: text has no lone surrogate and no unassigned character, and the right order of bytes is the one with fewer
 * different high bytes, since a writing keeps to few blocks of Unicode while low bytes scatter.
 */
export function sniffUtf16(head: Uint8Array): Utf16 | null {
  const bytes = head.subarray(0, Math.min(head.length, SAMPLE_BYTES) & ~1)
  if (bytes.length < 2) return null
  const zeros = [0, 0]
  let control = 0
  let ascii = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte === 0) zeros[i & 1]!++
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20)) control++
    else if (byte < 0x7f) ascii++
  }
  const pairs = bytes.length / 2
  const [even, odd] = zeros as [number, number]
  if (odd > 0.3 * pairs && even < 0.05 * pairs) return 'utf-16le'
  if (even > 0.3 * pairs && odd < 0.05 * pairs) return 'utf-16be'
  // Text of single bytes has no control characters, UTF-16 of any length does: the halves of other characters.
  if (control === 0 || ascii > MAX_ASCII_SHARE * bytes.length) return null
  const little = isText(bytes, 'utf-16le')
  const big = isText(bytes, 'utf-16be')
  if (little && big) return distinctBytes(bytes, 1) <= distinctBytes(bytes, 0) ? 'utf-16le' : 'utf-16be'
  return little ? 'utf-16le' : big ? 'utf-16be' : null
}

/** Valid, and nothing in it but assigned characters, without control characters and private ones. */
function isText(bytes: Uint8Array, encoding: Utf16): boolean {
  try {
    // `stream`, for the sample may end in the middle of a surrogate pair.
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })
    return !/[\p{Cn}\p{Co}]|[^\P{Cc}\t\n\f\r\v]/u.test(text)
  } catch {
    return false
  }
}

function distinctBytes(bytes: Uint8Array, from: 0 | 1): number {
  const seen = new Set<number>()
  for (let i = from; i < bytes.length; i += 2) seen.add(bytes[i] as number)
  return seen.size
}
