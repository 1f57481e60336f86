import type { EncodedPair } from '@engine/train/instruct-batches.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'

/** How a token takes part in training. */
export type TokenPart = 'prompt' | 'answer' | 'cut'

export interface TokenSpan {
  text: string
  part: TokenPart
  /** A token such as the end token, shown as a pill. */
  special: boolean
}

/**
 * A pair's tokens as text for reading, each with its part: prompt tokens are read and not learned, and what lies beyond `context`
 * inputs is cut off.
 */
export function pairSpans(
  tokenizer: Pick<Tokenizer, 'endId' | 'unknown' | 'decode' | 'tokenLabel'>,
  { ids, promptLength }: EncodedPair,
  context: number,
): TokenSpan[] {
  return ids.map((id, index) => {
    const special = id === tokenizer.endId || id === tokenizer.unknown
    const plain = tokenizer.decode([id])
    return {
      text: special || plain.includes('\uFFFD') ? tokenizer.tokenLabel(id) : plain,
      part: index > context ? 'cut' : index < promptLength ? 'prompt' : 'answer',
      special,
    }
  })
}
