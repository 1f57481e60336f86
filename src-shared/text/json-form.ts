/** The parts of a Hugging Face `tokenizer.json` that the studio writes (huggingface/tokenizers `tokenizers/src/tokenizer/serialization.rs`). */
export interface TokenizerJson {
  version: '1.0'
  truncation: null
  padding: null
  added_tokens: AddedToken[]
  normalizer: null
  pre_tokenizer: Record<string, unknown>
  post_processor: Record<string, unknown> | null
  decoder: Record<string, unknown>
  model: Record<string, unknown> & { vocab: Record<string, number> }
}

export interface AddedToken {
  id: number
  content: string
  single_word: boolean
  lstrip: boolean
  rstrip: boolean
  normalized: boolean
  special: boolean
}

/** A special token's entry in `added_tokens`. */
export function addedToken(id: number, content: string): AddedToken {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
}
