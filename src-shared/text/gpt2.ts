import { BpeTokenizer } from './bpe/bpe-tokenizer.ts'
import { mergesFromText } from './bpe/merges-text.ts'
import { vocabularyFromMerges } from './bpe/vocabulary.ts'
import { END_OF_TEXT } from './special-tokens.ts'

/**
 * GPT-2's tokenizer (50,257 tokens) from the text of OpenAI's `vocab.bpe` (456,318 bytes, sha256 1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5).
 * The file alone is enough: merge r has id 256 + r, bytes come first in GPT-2's order, `<|endoftext|>` comes last.
 *
 * @throws AppError `malformed`, naming the line, when the text is not such a list of merges.
 */
export function gpt2Tokenizer(vocabBpe: string): BpeTokenizer {
  return new BpeTokenizer('gpt2', vocabularyFromMerges(mergesFromText(vocabBpe), [END_OF_TEXT]))
}
