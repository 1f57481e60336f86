/** The text of the token that closes a document or an answer, in every tokenizer the studio makes. */
export const END_OF_TEXT = '<|endoftext|>'

/** The text of the token for a character that a vocabulary lacks. */
export const UNKNOWN = '<unk>'
