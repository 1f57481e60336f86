import type { Suite } from '../core/case.ts'
import { openCorpus } from '../data/corpus.ts'
import { packageVersion } from '../node/versions.ts'
import { coldEncodeCase, warmEncodeCase } from './encode-case.ts'
import { pipelineCases } from './pipeline-case.ts'
import { smallTrainCase, trainCase } from './train-case.ts'

/**
 * Text import, tokenizers and BPE training beside their peers. To add a case: write a file in this folder that exports a `Case` (see
 * `core/case.ts`; ours is its first contender), and name it here. Big files are made in the system's folder for temporary files.
 */
export const data: Suite = {
  name: 'data',
  help: 'import, tokenizers and BPE training beside tiktoken, gpt-tokenizer and tokenizers (GRADUS_BENCH_SCALE=0.1: files of a tenth)',
  async open() {
    const corpus = openCorpus()
    const versions = Object.fromEntries(
      ['tiktoken', 'gpt-tokenizer', 'tokenizers'].map((name) => [name, packageVersion(name)]),
    )
    return {
      versions: { ...versions, text: corpus.made },
      cases: [
        coldEncodeCase(corpus),
        warmEncodeCase(corpus),
        trainCase(corpus),
        smallTrainCase(corpus),
        ...pipelineCases(corpus),
      ],
      close: async () => corpus.remove(),
    }
  },
}
