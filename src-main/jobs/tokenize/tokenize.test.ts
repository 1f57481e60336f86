import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { crc32 } from '@shared/formats/crc32.ts'
import { decodeTokens, parseShardHeader, SHARD_HEADER_BYTES } from '@shared/formats/shard.ts'
import { tokenizerFromJson, type Tokenizer } from '@shared/text/tokenizer.ts'
import type { TokensManifest } from '@shared/contract/schemas.ts'
import { dataStudio, errorOf } from '../testing/data-studio.ts'
import { encodeHere } from './encoders.ts'
import { tokenizeDataset } from './tokenize.ts'

const WORDS = "the cat sat on a mat and said: “Ça va?” 中文 😀 don’t won't 1234 x\t y  z".split(' ')
const story = (paragraphs: number) =>
  Array.from({ length: paragraphs }, (_, i) =>
    Array.from({ length: 40 }, (_, j) => WORDS[(i * 7 + j * j) % WORDS.length]).join(' '),
  ).join('\n\n')

/** Ids of a part from its shards, with every number in the manifest and the headers checked. */
function readShards(folder: string, manifest: TokensManifest, part: 'train' | 'val'): number[] {
  const { shards = [], tokens } = manifest.parts[part] ?? {}
  const ids = shards.flatMap((shard) => {
    const file = readFileSync(join(folder, shard.file))
    expect(shard.bytes).toBe(file.length)
    expect(shard.sha256).toBe(createHash('sha256').update(file).digest('hex'))
    const header = parseShardHeader(file, file.length, shard.file)
    const body = file.subarray(SHARD_HEADER_BYTES)
    expect(header).toEqual({
      dtypeBytes: manifest.dtypeBytes,
      vocabSize: manifest.vocabSize,
      tokens: shard.tokens,
      crc: crc32(body),
      tokenizerSha256: manifest.tokenizerSha256,
    })
    return Array.from(decodeTokens(body, manifest.dtypeBytes))
  })
  expect(ids.length).toBe(tokens)
  return ids
}

/** The documents that a sequence of tokens holds. */
function documents(ids: number[], tokenizer: Tokenizer): string[] {
  const texts: string[] = []
  let start = 0
  ids.forEach((id, i) => {
    if (id !== tokenizer.endId) return
    texts.push(tokenizer.decode(ids.slice(start, i)))
    start = i + 1
  })
  expect(start).toBe(ids.length)
  return texts
}

test.each(['char', 'bpe', 'gpt2'] as const)(
  '%s: the tokens on disk are exactly the texts, each closed by the end token',
  async (kind) => {
    const studio = await dataStudio()
    const dataset = await studio.importFiles('pretrain', [
      ['a.txt', story(60)],
      ['b.txt', story(30)],
    ])
    const info = await studio.makeTokenizer(dataset.id, kind, 300)
    const json = readFileSync(studio.file('tokenizers', info.id, 'tokenizer.json'))
    const tokenizer = tokenizerFromJson(JSON.parse(json.toString()))
    const manifest = await studio.data['tokens.manifest']({ datasetId: dataset.id, tokenizerId: info.id })
    const folder = studio.file('datasets', dataset.id, 'tokens', info.id)
    const [train, val] = [readShards(folder, manifest, 'train'), readShards(folder, manifest, 'val')]

    expect(documents(train, tokenizer).join('')).toBe(await studio.text(dataset.id, 'train'))
    expect(documents(val, tokenizer).join('')).toBe(await studio.text(dataset.id, 'val'))
    expect(documents(train, tokenizer)).toHaveLength(2)
    expect(tokenizer.kind).toBe(kind)
    expect(info).toMatchObject({
      kind,
      datasetId: dataset.id,
      vocabSize: tokenizer.vocabSize,
      sha256: createHash('sha256').update(json).digest('hex'),
      tokens: { train: train.length, val: val.length, test: 0 },
      unknown: 0,
    })
    expect(info.bytesPerToken).toBeCloseTo(dataset.textBytes.val / (val.length - 2), 10)
    expect(info.merges).toBe({ char: 0, bpe: 300 - 257, gpt2: 50_000 }[kind])
    expect(await studio.data['tokenizers.list']({})).toEqual([info])
  },
)

test('pieces and shards of any size hold what encoding the whole text gives', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['a.txt', story(80)]])
  const info = await studio.makeTokenizer(dataset.id, 'bpe', 350)
  const tokenizer = tokenizerFromJson(
    JSON.parse(readFileSync(studio.file('tokenizers', info.id, 'tokenizer.json'), 'utf8')),
  )
  const whole = [...tokenizer.encode(await studio.text(dataset.id, 'train')), tokenizer.endId]
  for (const [i, sizes] of [
    { pieceBytes: 64, shardTokens: 1000 },
    { pieceBytes: 1021, shardTokens: 333 },
    { pieceBytes: 4096, shardTokens: whole.length },
  ].entries()) {
    const tokensFolder = studio.file('datasets', dataset.id, 'tokens', `try-${i}`)
    mkdirSync(tokensFolder)
    const { manifest } = await tokenizeDataset(
      { id: info.id, dataset, datasetFolder: studio.file('datasets', dataset.id), tokensFolder },
      tokenizer,
      info.sha256,
      encodeHere(tokenizer),
      { progress: () => {}, signal: new AbortController().signal },
      sizes,
    )
    expect(readShards(tokensFolder, manifest, 'train')).toEqual(whole)
    expect(manifest.parts.train?.shards).toHaveLength(Math.ceil(whole.length / sizes.shardTokens))
  }
})

test('characters that only the validation part has are unknown, and counted', async () => {
  const studio = await dataStudio()
  const text = `${'abc\n'.repeat(90)}\n${'xyz\n'.repeat(9)}`
  const dataset = await studio.importFiles('pretrain', [['a.txt', text]])
  const val = await studio.text(dataset.id, 'val')
  const train = await studio.text(dataset.id, 'train')
  const missing = [...val].filter((c) => !train.includes(c)).length
  expect(missing).toBeGreaterThan(0)
  expect(await studio.makeTokenizer(dataset.id, 'char')).toMatchObject({ unknown: missing, name: 'Characters (6)' })
})

test('a text too small for the wanted vocabulary gives fewer merges, and the real size is told', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['a.txt', 'ab ab ab ab ab\n'.repeat(4)]])
  const info = await studio.makeTokenizer(dataset.id, 'bpe', 5000)
  expect(info.vocabSize).toBeLessThan(300)
  expect(info.vocabSize).toBe(257 + info.merges)
  expect(info.name).toBe(`Own BPE (${info.vocabSize})`)
})

test('what cannot be tokenized is refused in words', async () => {
  const studio = await dataStudio()
  const pairs = '{"prompt":"a","completion":"b"}\n{"prompt":"c","completion":"d"}\n'
  const { id } = await studio.importFiles('instruct', [['p.jsonl', pairs]])
  expect(await errorOf(studio.makeTokenizer(id, 'char'))).toMatchObject({ code: 'bad_request' })
  const text = await studio.importFiles('pretrain', [['a.txt', story(3)]])
  expect(await errorOf(studio.makeTokenizer(text.id, 'bpe', 100))).toMatchObject({
    code: 'bad_request',
    message: expect.stringContaining('100 tokens'),
  })
  expect(await studio.data['tokenizers.list']({})).toEqual([])
  expect(await errorOf(studio.data['tokens.manifest']({ datasetId: text.id, tokenizerId: 'none' }))).toMatchObject({
    code: 'not_found',
  })
})

const SHAKESPEARE = join(import.meta.dirname, '../../../../shared/data/tinyshakespeare.txt')

test.skipIf(!existsSync(SHAKESPEARE))('tinyshakespeare: 65 characters; as many GPT-2 tokens as published', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['tinyshakespeare.txt', readFileSync(SHAKESPEARE)]])
  expect(dataset.characters).toBe(1_115_394)
  expect((await studio.makeTokenizer(dataset.id, 'char')).vocabSize).toBe(65 + 2)
  const { tokens } = await studio.makeTokenizer(dataset.id, 'gpt2')
  // 301,966 + 36,059 in nanoGPT, whose split lies elsewhere; an end token after each of our two documents.
  expect(Math.abs(tokens.train + tokens.val - 2 - (301_966 + 36_059))).toBeLessThan(3)
})
