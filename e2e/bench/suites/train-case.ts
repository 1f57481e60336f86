import { BpeTrainer } from '@shared/text/bpe/train.ts'
import type { Case, Contender } from '../core/case.ts'
import type { Corpus } from '../data/corpus.ts'
import { packageVersion } from '../node/versions.ts'

/** The size that the package `tokenizers` always trains to: its Node build takes no other. */
const THEIR_VOCAB = 30_000

const shared = (corpus: Corpus) => ({
  rounds: 5,
  warmUp: 1,
  times: 1,
  budgetS: 120,
  rates: [{ unit: 'MB/s', work: corpus.bytes.length / 1e6 }],
})

/** Ours beside the Rust package, to the same number of tokens. */
export const trainCase = (corpus: Corpus): Case => ({
  id: 'train',
  title: `BPE training, vocabulary ${THEIR_VOCAB.toLocaleString('en')}, 10 MB of English`,
  ...shared(corpus),
  contenders: async () => [ours(corpus, THEIR_VOCAB), theirs(corpus)],
})

export const smallTrainCase = (corpus: Corpus): Case => ({
  id: 'train-8192',
  title: 'BPE training, vocabulary 8,192, 10 MB of English',
  ...shared(corpus),
  contenders: async () => [ours(corpus, 8192)],
})

function ours(corpus: Corpus, vocabSize: number): Contender {
  return {
    name: 'Gradus, one thread',
    prepare: async () => {},
    async run() {
      const start = performance.now()
      const trainer = new BpeTrainer()
      trainer.add(corpus.bytes)
      const made = trainer.train({ vocabSize })
      const ms = performance.now() - start
      if (made.vocabSize !== vocabSize) throw new Error(`the text gives only ${made.vocabSize} tokens`)
      return { ms, values: [] }
    },
    dispose: async () => {},
  }
}

function theirs(corpus: Corpus): Contender {
  return {
    name: `tokenizers ${packageVersion('tokenizers')}, its own threads`,
    prepare: async () => {},
    async run() {
      const { BPE, byteLevelPreTokenizer, Tokenizer } = await import('tokenizers')
      const tokenizer = new Tokenizer(BPE.empty())
      tokenizer.setPreTokenizer(byteLevelPreTokenizer(false))
      const start = performance.now()
      tokenizer.train([corpus.path])
      return { ms: performance.now() - start, values: [] }
    },
    dispose: async () => {},
  }
}
