/**
 * Decodes the UTF-8 sequence that starts at `bytes[at]`, strictly (no overlong form, no surrogate, nothing above U+10FFFF:
 * RFC 3629).
 *
 * @returns `(code point << 3) | length` for a well-formed sequence of 1 to 4 bytes that ends before `end`, else -1. One
 * number instead of an object: this runs once per character of gigabytes.
 */
export function decodeUtf8(bytes: Uint8Array, at: number, end: number): number {
  const b0 = bytes[at]!
  if (b0 < 0x80) return (b0 << 3) | 1
  if (b0 < 0xc2 || at + 1 >= end) return -1
  const b1 = bytes[at + 1]!
  if (b0 < 0xe0) {
    return (b1 & 0xc0) === 0x80 ? ((((b0 & 0x1f) << 6) | (b1 & 0x3f)) << 3) | 2 : -1
  }
  if (at + 2 >= end) return -1
  const b2 = bytes[at + 2]!
  if ((b1 & 0xc0) !== 0x80 || (b2 & 0xc0) !== 0x80) return -1
  if (b0 < 0xf0) {
    const point = ((b0 & 0x0f) << 12) | ((b1 & 0x3f) << 6) | (b2 & 0x3f)
    return point < 0x800 || (point >= 0xd800 && point < 0xe000) ? -1 : (point << 3) | 3
  }
  if (b0 > 0xf4 || at + 3 >= end) return -1
  const b3 = bytes[at + 3]!
  if ((b3 & 0xc0) !== 0x80) return -1
  const point = ((b0 & 0x07) << 18) | ((b1 & 0x3f) << 12) | ((b2 & 0x3f) << 6) | (b3 & 0x3f)
  return point < 0x10000 || point > 0x10ffff ? -1 : (point << 3) | 4
}
