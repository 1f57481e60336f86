import type { GptConfig } from '@shared/model/config.ts'
import type { Reason } from '@shared/model/defaults.ts'

export type ModelField = Exclude<keyof GptConfig, 'vocabSize' | 'layerNormEpsilon'>

export const FIELD_NAMES: Record<ModelField, string> = {
  nPositions: 'Context',
  nEmbd: 'Width',
  nLayer: 'Layers',
  nHead: 'Heads',
  dropout: 'Dropout',
  qkvBias: 'Bias on query, key, value',
  tieWordEmbeddings: 'Shared head',
}

const n = (value: number) => value.toLocaleString('en-US')

/** Why each value of the architecture is a sensible one, in its own numbers. */
export function modelReasons(config: GptConfig): Record<ModelField, Reason> {
  const { nPositions: T, nEmbd: C, nLayer: L, nHead: H, dropout } = config
  const headSize = C / H
  return {
    nPositions: {
      reason: `It sees ${n(T)} tokens at once. Twice as many see further and make attention four times as costly.`,
      source: 'rule',
    },
    nEmbd: {
      reason: `Each token is ${n(C)} numbers. Parameters grow with the square of the width.`,
      source: 'rule',
    },
    nLayer: {
      reason: `${L === 1 ? 'One block' : `${n(L)} blocks`}, ${n(Math.round(C / L))} numbers of width for each. GPT-2’s sizes have 64 (124M) down to 33 (1.5B).`,
      source: 'rule',
    },
    nHead: {
      reason: `${n(headSize)} numbers per head. GPT-2 takes 64; small models do well with 16 to 64.`,
      source: 'rule',
    },
    dropout:
      dropout === 0
        ? {
            reason:
              'None: a model this small rarely has too much room. Raise it to 0.1 if the validation loss turns up.',
            source: 'rule',
          }
        : {
            reason: `${n(dropout * 100)} % of the values are silenced while training. The book uses 0.1.`,
            source: 'book',
          },
    qkvBias: config.qkvBias
      ? { reason: 'GPT-2’s published weights have it.', source: 'book' }
      : { reason: 'Left out, as the book does when it trains from scratch: it adds little.', source: 'book' },
    tieWordEmbeddings: config.tieWordEmbeddings
      ? { reason: `The head reuses the embedding’s ${n(config.vocabSize * C)} numbers, as GPT-2 does.`, source: 'rule' }
      : { reason: `The head has ${n(config.vocabSize * C)} numbers of its own, as in the book.`, source: 'book' },
  }
}
