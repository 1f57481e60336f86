/** What a byte of UTF-8 counts for, as bits of {@link BYTE_MARKS}. */
export const SPACE = 1
export const LINE_END = 2
/** The first byte of a character. */
export const CHARACTER = 4
/** A character that clean/control.ts calls odd. */
const ODD = 8
/** The first byte of what may be an odd character: C1 controls begin as « and ° do, byte order marks and noncharacters as full-width letters. */
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
 * Whether the first `length` bytes of UTF-8 hold an odd character, see {@link nextOdd}.
 * @param seen the marks of all bytes together
 */
export const hasOdd = (bytes: Uint8Array, length: number, seen: number): boolean =>
  (seen & ODD) !== 0 || ((seen & MAYBE_ODD) !== 0 && nextOdd(bytes, 0, length) >= 0)

/** Where the first character at or after `from` stands in UTF-8 that clean/control.ts calls odd, or that is U+FFFD; -1 for none before `to`. */
export function nextOdd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const marks = BYTE_MARKS[bytes[at] as number] as number
    if ((marks & (ODD | MAYBE_ODD)) !== 0 && oddLength(bytes, at) > 0) return at
  }
  return -1
}

/** Bytes of the odd character at `at`; 0 where the character there is none. */
export function oddLength(bytes: Uint8Array, at: number): number {
  const [first, second, third] = [bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number]
  if (first === C1) return second < 0xa0 && second !== 0x85 ? 2 : 0
  if (first === HIGH) return isOddHigh(second, third) ? 3 : 0
  return isControl(first) ? 1 : 0
}

/** U+FDD0 to U+FDEF, U+FEFF, U+FFFD to U+FFFF: the bytes behind their EF. */
const isOddHigh = (second: number, third: number): boolean =>
  (second === 0xb7 && third >= 0x90 && third <= 0xaf) ||
  (second === 0xbb && third === 0xbf) ||
  (second === 0xbf && third >= 0xbd)

/** Whether U+FFFD stands at `at`, which cleaning leaves in its place: what it stands for was lost before. */
export const isUnreadable = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === HIGH && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd
