import type { Tokenizer } from '@shared/text/tokenizer.ts'

export interface VocabularyEntry {
  id: number
  label: string
  bytes: number
}

/** The longest tokens of a vocabulary, the longest first; the end token is left out. */
export function longestTokens(tokenizer: Tokenizer, most: number): VocabularyEntry[] {
  const entries: VocabularyEntry[] = []
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    if (id === tokenizer.endId || id === tokenizer.unknown) continue
    entries.push({ id, label: '', bytes: tokenizer.tokenBytes(id).length })
  }
  return entries
    .sort((a, b) => b.bytes - a.bytes || a.id - b.id)
    .slice(0, most)
    .map((entry) => ({ ...entry, label: tokenizer.tokenLabel(entry.id) }))
}
