/** What a byte of UTF-8 counts for, as bits of {@link BYTE_MARKS}. */
export const SPACE = 1
export const LINE_END = 2
/** The first byte of a character. */
export const CHARACTER = 4
/** A character that clean/control.ts calls odd. */
const ODD = 8
/** The first byte of what may be an odd character. */
const MAYBE_ODD = 16

/** The first byte of U+0080 to U+00BF, and of U+F000 to U+FFFF. */
const C1 = 0xc2
const HIGH = 0xef

const isControl = (byte: number) => (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f

export const BYTE_MARKS = Uint8Array.from(
  { length: 256 },
  (_, byte) =>
    (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) ? SPACE : 0) |
    (byte === 0x0a ? LINE_END : 0) |
    ((byte & 0xc0) === 0x80 ? 0 : CHARACTER) |
    (isControl(byte) ? ODD : 0) |
    (byte === C1 || byte === HIGH ? MAYBE_ODD : 0),
)

/**
 * Whether the first `length` bytes of UTF-8 hold a character that clean/control.ts calls odd, or U+FFFD. C1 controls begin with the same
 * byte as « and °, byte order marks and noncharacters as full-width letters: those places are looked at one by one.
 * @param seen the marks of all bytes together
 */
export function hasOdd(bytes: Buffer, length: number, seen: number): boolean {
  if ((seen & ODD) !== 0) return true
  if ((seen & MAYBE_ODD) === 0) return false
  for (let at = bytes.indexOf(C1); at >= 0 && at < length; at = bytes.indexOf(C1, at + 2)) {
    const second = bytes[at + 1] as number
    if (second < 0xa0 && second !== 0x85) return true
  }
  for (let at = bytes.indexOf(HIGH); at >= 0 && at < length; at = bytes.indexOf(HIGH, at + 3)) {
    if (isOddHigh(bytes[at + 1] as number, bytes[at + 2] as number)) return true
  }
  return false
}

/** U+FDD0 to U+FDEF, U+FEFF, U+FFFD to U+FFFF: the bytes behind their EF. */
const isOddHigh = (second: number, third: number): boolean =>
  (second === 0xb7 && third >= 0x90 && third <= 0xaf) ||
  (second === 0xbb && third === 0xbf) ||
  (second === 0xbf && third >= 0xbd)
