import type { Tokenizer } from '@shared/text/tokenizer.ts'

/** What training and chatting need of a tokenizer. */
export type Codec = Pick<Tokenizer, 'vocabSize' | 'endId' | 'encode' | 'streamDecoder'>
