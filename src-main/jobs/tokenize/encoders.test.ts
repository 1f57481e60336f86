import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokenizerFromJson } from '@shared/text/tokenizer.ts'
import { createRng } from '@shared/random/rng.ts'
import { buildThread } from '../testing/build-thread.ts'
import { dataStudio } from '../testing/data-studio.ts'
import { batchOf } from './batch.ts'
import { encodeHere, encodeInThreads, encoderThreads } from './encoders.ts'
import { tokenizeDataset } from './tokenize.ts'

let thread: Awaited<ReturnType<typeof buildThread>>

beforeAll(async () => {
  thread = await buildThread()
}, 60_000)
afterAll(() => thread.remove())

const rng = createRng(5)
const WORDS = 'once upon a time naïve Ωmega 日本 😀 don’t 1234 \t \n\n xyzzy'.split(' ')
const text = Array.from({ length: 20_000 }, () => rng.pick(WORDS)).join(' ')

test.each(['gpt2', 'char'] as const)(
  '%s: any number of threads writes the same shards, byte for byte',
  async (kind) => {
    const studio = await dataStudio()
    const dataset = await studio.importFiles('pretrain', [
      ['a.txt', text],
      ['b.txt', 'A short one.\n'],
    ])
    const info = await studio.makeTokenizer(dataset.id, kind)
    const json = readFileSync(studio.file('tokenizers', info.id, 'tokenizer.json'), 'utf8')
    const tokenizer = tokenizerFromJson(JSON.parse(json))

    async function shards(count: number) {
      const tokensFolder = studio.file('datasets', dataset.id, 'tokens', `by-${count}`)
      mkdirSync(tokensFolder)
      const encoders = count === 0 ? encodeHere(tokenizer) : encodeInThreads(thread.entry, json, count)
      try {
        const { manifest, unknown } = await tokenizeDataset(
          { id: info.id, dataset, datasetFolder: studio.file('datasets', dataset.id), tokensFolder },
          tokenizer,
          info.sha256,
          encoders,
          { progress: () => {}, signal: new AbortController().signal },
          // Many batches and several shards, so that threads overtake one another.
          { pieceBytes: 3000, shardTokens: 15_000 },
        )
        const files = [...manifest.parts.train.shards, ...manifest.parts.val.shards]
        expect(files.length).toBeGreaterThan(2)
        return { manifest, unknown, bytes: files.map(({ file }) => readFileSync(join(tokensFolder, file))) }
      } finally {
        await encoders.close()
      }
    }

    const here = await shards(0)
    for (const count of [1, 3]) expect(await shards(count)).toEqual(here)
  },
  30_000,
)

test('a thread that cannot start its tokenizer fails the work, and does not hang it', async () => {
  const encoders = encodeInThreads(thread.entry, '{}', 1)
  const batch = batchOf([{ bytes: Buffer.from('text'), last: true }])
  await expect(encoders.encode(batch)).rejects.toThrow(/tokenizer|vocabulary/)
  await encoders.close()
})

test('one core is left to the window, and short texts are not worth a thread', () => {
  expect(encoderThreads(1_000_000, 16)).toBe(0)
  expect(encoderThreads(2e9, 1)).toBe(1)
  expect(encoderThreads(2e9, 2)).toBe(1)
  expect(encoderThreads(2e9, 4)).toBe(3)
  expect(encoderThreads(2e9, 64)).toBe(4)
  expect(encoderThreads(40e6, 64)).toBe(2)
})
