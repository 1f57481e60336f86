import type { TextEncoding } from '@shared/contract/schemas.ts'

interface PlatformDecoder {
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string
}

/** Windows-1252 from 0x80 to 0x9F (encoding.spec.whatwg.org, index-windows-1252); where it has no character, the control character. */
const CP1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/**
 * The platform's decoder, right also for Windows-1252: Node 20 reads that as Latin-1, and curly quotation marks, dashes and the euro sign
 * come out as control characters (compared with Python's codecs byte by byte; the other encodings agree).
 */
export function textDecoder(encoding: TextEncoding, options: TextDecoderOptions = {}): PlatformDecoder {
  const decoder = new TextDecoder(encoding, options)
  if (encoding !== 'windows-1252') return decoder
  return {
    decode: (bytes, flow) =>
      decoder.decode(bytes, flow).replace(/[\x80-\x9f]/g, (c) => CP1252[c.charCodeAt(0) - 0x80] as string),
  }
}
