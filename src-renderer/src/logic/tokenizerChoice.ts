import type { TokenizerInfo, TokenizerKind } from '@shared/contract/schemas.ts'
import { parameterCount } from '@shared/model/memory.ts'
import { presetConfig } from '@shared/model/presets.ts'
import { recommendTokenizer } from '@shared/model/recommend.ts'
import { formatPercent } from './format.ts'

const TOKENIZER_NAMES: Record<TokenizerOption, string> = {
  char: 'Characters',
  bpe: 'Own BPE',
  gpt2: 'GPT-2 BPE',
  import: 'From a file',
}

/** Ids of GPT-2's vocabulary. */
const GPT2_VOCAB = 50_257
/** Least vocabulary of a byte-level BPE: every byte, the end token, and one merge. */
export const LEAST_BPE_VOCAB = 258
/** As many as GPT-2's. */
export const MOST_BPE_VOCAB = GPT2_VOCAB
/** Sizes offered with one click. */
export const BPE_SIZES = [512, 1024, 2048, 4096, 8192, 16_384, GPT2_VOCAB] as const

/** What can be chosen: a kind that is made here, or a file from elsewhere. */
export type TokenizerOption = TokenizerKind | 'import'

export interface TokenizerChoice {
  kind: TokenizerOption
  title: string
  text: string
  /** Why it is the one to take; null for the others. */
  recommended: string | null
}

/** The kinds as they stand for a text of `characters` characters. */
export function tokenizerChoices(characters: number): TokenizerChoice[] {
  const advice = recommendTokenizer(characters)
  const texts: Record<TokenizerOption, string> = {
    char: 'Every letter is a token. The smallest vocabulary, the longest sequences. Easy to look through.',
    bpe: 'Frequent pieces of your own text become tokens. No text is ever unknown to it.',
    gpt2: `OpenAI’s ${GPT2_VOCAB.toLocaleString('en-US')} tokens for English. They alone would be ${gpt2Share()} of a Tiny model.`,
    import: 'A tokenizer.json made elsewhere: byte-level BPE as in GPT-2, or a list of characters from this studio.',
  }
  return (['char', 'bpe', 'gpt2', 'import'] as const).map((kind) => ({
    kind,
    title: TOKENIZER_NAMES[kind],
    text: texts[kind],
    recommended: advice.kind === kind ? advice.reason : null,
  }))
}

/** Share of a Tiny model's parameters that GPT-2's vocabulary would take. */
function gpt2Share(): string {
  const config = presetConfig('tiny', GPT2_VOCAB)
  return formatPercent((config.vocabSize * config.nEmbd) / parameterCount(config), 0)
}

/** Why a vocabulary of this size cannot be trained, or undefined. */
export function vocabError(vocabSize: number, kind: TokenizerKind): string | undefined {
  if (kind !== 'bpe' || (vocabSize >= LEAST_BPE_VOCAB && vocabSize <= MOST_BPE_VOCAB)) return undefined
  const [least, most] = [LEAST_BPE_VOCAB, MOST_BPE_VOCAB].map((n) => n.toLocaleString('en-US'))
  return `A vocabulary of ${least} to ${most} tokens was expected: 256 are the single bytes.`
}

/** A tokenizer made before from the same text with the same choice: no need to make it again. */
export function madeBefore(
  tokenizers: readonly TokenizerInfo[],
  choice: { datasetId: string; kind: TokenizerKind; vocabSize: number },
): TokenizerInfo | null {
  return (
    tokenizers.find(
      (one) =>
        one.datasetId === choice.datasetId &&
        one.kind === choice.kind &&
        one.importedFrom === undefined &&
        (choice.kind !== 'bpe' || one.vocabSize === choice.vocabSize),
    ) ?? null
  )
}
