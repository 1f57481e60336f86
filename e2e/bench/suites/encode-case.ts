import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Case, Contender, Turn } from '../core/case.ts'
import type { Corpus } from '../data/corpus.ts'
import { ENCODERS, piecesOf, summed, type EncoderName } from '../data/encoders.ts'
import { packageVersion } from '../node/versions.ts'

const NAMES = Object.keys(ENCODERS) as EncoderName[]
const titleOf = (name: EncoderName) => (name === 'gradus' ? 'Gradus' : `${name} ${packageVersion(name)}`)
const shared = (corpus: Corpus) => ({
  budgetS: 120,
  rates: [{ unit: 'MB/s', work: corpus.bytes.length / 1e6 }],
  // Count and hash of all ids: the same to the last one.
  tolerance: 0,
})

/** Each turn in a process of its own: what a person's first text takes. */
export const coldEncodeCase = (corpus: Corpus): Case => ({
  id: 'encode',
  title: 'GPT-2 BPE, 10 MB of English, first pass of a fresh process on one thread',
  rounds: 5,
  warmUp: 1,
  times: 1,
  ...shared(corpus),
  contenders: async () => NAMES.map((name) => coldContender(name, corpus.path)),
})

function coldContender(name: EncoderName, path: string): Contender {
  return {
    name: titleOf(name),
    prepare: async () => {},
    async run() {
      const script = join(import.meta.dirname, 'cold.js')
      const { stdout } = await promisify(execFile)(process.execPath, [script, name, path])
      return JSON.parse(stdout) as Turn
    },
    dispose: async () => {},
  }
}

/** Over and over in one process: what the last gigabyte of a big text takes. */
export const warmEncodeCase = (corpus: Corpus): Case => ({
  id: 'encode-warm',
  title: 'GPT-2 BPE, 10 MB of English, again and again on one thread',
  rounds: 7,
  warmUp: 1,
  times: 1,
  ...shared(corpus),
  contenders: async () => NAMES.map((name) => warmContender(name, corpus)),
})

function warmContender(name: EncoderName, corpus: Corpus): Contender {
  let encode: Awaited<ReturnType<(typeof ENCODERS)[EncoderName]>>
  const texts = piecesOf(corpus.bytes)
  return {
    name: titleOf(name),
    async prepare() {
      encode = await ENCODERS[name]()
    },
    async run() {
      const start = performance.now()
      const ids = encode(texts)
      const ms = performance.now() - start
      return { ms, values: summed(ids) }
    },
    dispose: async () => {},
  }
}
