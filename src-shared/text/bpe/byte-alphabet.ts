/**
 * GPT-2's byte alphabet (openai/gpt-2 `src/encoder.py`, bytes_to_unicode): printable Latin-1 bytes stand for themselves, the
 * other 68 for U+0100 and on. Token ids 0 to 255 are the bytes in this order: printable ones first.
 */
const isPrintable = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad)
const ALL = Array.from({ length: 256 }, (_, byte) => byte)
const ORDER = [...ALL.filter(isPrintable), ...ALL.filter((byte) => !isPrintable(byte))]
const PRINTABLE = ALL.filter(isPrintable).length

/** Byte of each base token id. */
export const BYTE_OF_ID = Uint8Array.from(ORDER)
/** Base token id of each byte. */
export const ID_OF_BYTE = Uint8Array.from(ALL, (byte) => ORDER.indexOf(byte))

const CHAR_OF_BYTE = ALL.map((byte) =>
  String.fromCharCode(isPrintable(byte) ? byte : 0x100 + ID_OF_BYTE[byte]! - PRINTABLE),
)
const BYTE_OF_CHAR = new Map(CHAR_OF_BYTE.map((char, byte) => [char, byte]))

/** Bytes in the form that vocab.json and merges.txt use, e.g. "Ġthe" for " the". */
export function bytesToUnicode(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += CHAR_OF_BYTE[byte]!
  return text
}

/** The inverse of {@link bytesToUnicode}; null when a character is not of the alphabet. */
export function unicodeToBytes(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const byte = BYTE_OF_CHAR.get(text[i]!)
    if (byte === undefined) return null
    bytes[i] = byte
  }
  return bytes
}
