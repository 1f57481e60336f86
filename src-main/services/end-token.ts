/** Text of the token that ends a document, in GPT-2's vocabulary and in the studio's own. */
const END_OF_TEXT = '<|endoftext|>'

/** Id of the end token as a Hugging Face tokenizer.json states it; null when it has none. */
export function endTokenId(tokenizerJson: unknown): number | null {
  const added = (tokenizerJson as { added_tokens?: unknown } | null)?.added_tokens
  if (!Array.isArray(added)) return null
  const found = (added as unknown[]).find((token) => (token as { content?: unknown } | null)?.content === END_OF_TEXT)
  const id = (found as { id?: unknown } | undefined)?.id
  return typeof id === 'number' ? id : null
}
