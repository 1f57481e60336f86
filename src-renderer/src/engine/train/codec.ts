/** A tokenizer, as training and chatting use it. */
export interface Codec {
  readonly vocabSize: number
  /** Closes a document or an answer, and stands in front of a text that begins from nothing. */
  readonly endId: number
  encode(text: string): ArrayLike<number>
  decode(ids: ArrayLike<number>): string
}
