import type { TokenizerKind } from '../contract/schemas.ts'

export { tokenizerFromJson, tokenizerToJson } from './tokenizer-json.ts'

/** What everything else knows of a tokenizer. Ids run from 0 to vocabSize - 1 and fit 16 bits. */
export interface Tokenizer {
  readonly kind: TokenizerKind
  /** Number of ids, special tokens included. */
  readonly vocabSize: number
  /** Id of the end token. */
  readonly endId: number
  /** Id that stands for a character the vocabulary lacks; null where every text can be written (byte-level BPE). */
  readonly unknown: number | null
  /**
   * Ids of a text. `special: true` takes the text of a special token, such as `<|endoftext|>`, for that token; only templates of
   * the studio's own may ask for it. A lone surrogate counts as U+FFFD.
   */
  encode(text: string, options?: { special?: boolean }): number[]
  /** Ids of ordinary UTF-8 text: the fast way for large inputs, and byte-exact even where BPE meets invalid UTF-8. */
  encodeBytes(bytes: Uint8Array): Uint16Array<ArrayBuffer>
  /** The same without a new array: writes to `out`, which has room for one id a byte, from `at` on; returns where the ids end. */
  encodeInto(bytes: Uint8Array, out: Uint16Array, at: number): number
  /** Text of ids. Bytes that form no character, and ids the vocabulary lacks (a model may be padded), become U+FFFD. */
  decode(ids: ArrayLike<number>): string
  decodeBytes(ids: ArrayLike<number>): Uint8Array
  /** UTF-8 bytes of one token: part of a character, perhaps. */
  tokenBytes(id: number): Uint8Array
  /** A token made visible: blanks as "·", line ends as "↵", bytes that are no character as "<0xE2>". */
  tokenLabel(id: number): string
  /** A decoder for one text that arrives token by token. */
  streamDecoder(): StreamDecoder
}

export interface StreamDecoder {
  /** The characters that this token completes: "" in the middle of an emoji. */
  push(id: number): string
  /** What is left when no more tokens come: "" or U+FFFD. */
  flush(): string
}
