import { BYTE_OF_ID } from './byte-alphabet.ts'

/**
 * A byte-level BPE vocabulary. Merge r joins the tokens `left[r]` and `right[r]` into token `result[r]`; lower r is applied first.
 */
export interface BpeVocabulary {
  /** Token id of each byte. */
  idOfByte: Uint16Array
  left: Uint16Array
  right: Uint16Array
  result: Uint16Array
  /** Bytes of every token id; a special token's are its text. */
  tokens: TokenBytes
  /** Texts that stand for one token where the caller allows it, with their ids. */
  specials: ReadonlyMap<string, number>
  endId: number
}

/** The bytes of all tokens in one arena. */
export interface TokenBytes {
  arena: Uint8Array
  /** Start of each token in the arena, and the end of the last. */
  starts: Uint32Array
}

/** Packs byte strings, in id order. */
export function packTokens(tokens: readonly Uint8Array[]): TokenBytes {
  const starts = new Uint32Array(tokens.length + 1)
  tokens.forEach((token, id) => (starts[id + 1] = starts[id]! + token.length))
  const arena = new Uint8Array(starts[tokens.length]!)
  tokens.forEach((token, id) => arena.set(token, starts[id]))
  return { arena, starts }
}

/**
 * The vocabulary that follows from a list of merges alone, numbered as GPT-2 numbers it: bytes in {@link BYTE_OF_ID} order, then
 * one token per merge, then the special tokens in the order given. The last special is the end of text.
 */
export function vocabularyFromMerges(
  merges: readonly (readonly [number, number])[],
  specials: readonly string[],
): BpeVocabulary {
  const tokens = Array.from(BYTE_OF_ID, (byte) => Uint8Array.of(byte))
  for (const [left, right] of merges) {
    const joined = new Uint8Array(tokens[left]!.length + tokens[right]!.length)
    joined.set(tokens[left]!)
    joined.set(tokens[right]!, tokens[left]!.length)
    tokens.push(joined)
  }
  const encoder = new TextEncoder()
  const ids = new Map(specials.map((text, i) => [text, tokens.length + i]))
  for (const text of specials) tokens.push(encoder.encode(text))
  const idOfByte = new Uint16Array(256)
  BYTE_OF_ID.forEach((byte, id) => (idOfByte[byte] = id))
  return {
    idOfByte,
    left: Uint16Array.from(merges, ([left]) => left),
    right: Uint16Array.from(merges, ([, right]) => right),
    result: Uint16Array.from(merges, (_, rank) => 256 + rank),
    tokens: packTokens(tokens),
    specials: ids,
    endId: tokens.length - 1,
  }
}
