import { characterCut, isContinuation } from './utf8-blocks.ts'

const isAsciiSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)

/**
 * Where to cut a long text so that no tokenizer sees the difference: before the last ASCII white space that follows something that is
 * no white space, which with GPT-2's pattern is always the border of a pre-token. A text without such a place in its second half is
 * cut between two characters. 1 .. bytes.length.
 */
export function safeCut(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at > bytes.length / 2; at--) {
    if (isAsciiSpace(bytes[at] as number) && !endsWithSpace(bytes, at)) return at
  }
  return characterCut(bytes, bytes.length)
}

/** Whether the character that ends at `end` is white space in Unicode's sense. */
function endsWithSpace(bytes: Uint8Array, end: number): boolean {
  const byte = bytes[end - 1] as number
  if (byte < 0x80) return isAsciiSpace(byte)
  let start = end - 1
  while (start > 0 && end - start < 4 && isContinuation(bytes[start] as number)) start--
  return /^\p{White_Space}$/u.test(new TextDecoder().decode(bytes.subarray(start, end)))
}
