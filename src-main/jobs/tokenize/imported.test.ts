import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BpeTrainer } from '@shared/text/bpe/train.ts'
import { CharTrainer } from '@shared/text/char.ts'
import { tokenizerFromJson, tokenizerToJson, type Tokenizer } from '@shared/text/tokenizer.ts'
import { dataStudio, errorOf } from '../testing/data-studio.ts'

const TALE = 'Once upon a time a cat sat on a mat. '.repeat(200)
const file = (tokenizer: Tokenizer) => JSON.stringify(tokenizerToJson(tokenizer))

function bpe(text: string): Tokenizer {
  const trainer = new BpeTrainer()
  trainer.add(new TextEncoder().encode(text))
  return trainer.train({ vocabSize: 300 })
}

async function withTale() {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['a.txt', TALE]])
  const take = async (name: string, content: string) => {
    const sourceId = await studio.add(name, content)
    return studio.ended(await studio.data['tokenizers.import']({ datasetId: dataset.id, sourceId }))
  }
  return { studio, dataset, take }
}

test('a tokenizer.json becomes the tokenizer of a text, with its ids', async () => {
  const { studio, dataset, take } = await withTale()
  const theirs = bpe('The cat and the hat, the mat and that. '.repeat(50))
  const job = await take('theirs.json', file(theirs))
  expect(job).toMatchObject({ state: 'done', kind: 'tokenizer' })
  const info = await studio.data['tokenizers.get']({ id: job.resultId })
  expect(info).toMatchObject({
    kind: 'bpe',
    name: `Imported BPE (${theirs.vocabSize})`,
    importedFrom: 'theirs.json',
    vocabSize: theirs.vocabSize,
    tokens: { train: theirs.encode(await studio.text(dataset.id, 'train')).length + 1 },
  })
  const stored = tokenizerFromJson(
    JSON.parse(readFileSync(studio.file('tokenizers', info.id, 'tokenizer.json'), 'utf8')),
  )
  expect(stored.encode(TALE)).toEqual(theirs.encode(TALE))
})

test('what cannot be used is refused with its reason, and nothing of it stays', async () => {
  const { studio, take } = await withTale()
  const before = (await studio.everything()).length
  const trainer = new CharTrainer()
  trainer.add(new TextEncoder().encode('Привет, мир'))
  const refused: [string, string, RegExp][] = [
    ['merges.txt', '#version: 0.2', /merges\.txt is not a tokenizer\.json/],
    ['wordpiece.json', JSON.stringify({ model: { type: 'WordPiece', vocab: {} } }), /wordpiece\.json.*"WordPiece"/],
    ['russian.json', file(trainer.train()), /russian\.json lacks \d+ % of the characters/],
  ]
  for (const [name, content, message] of refused) {
    const job = await take(name, content)
    expect(job.state).toBe('failed')
    expect(job.error?.message).toMatch(message)
    expect(job.error?.hint).toBeTruthy()
  }
  expect(await studio.data['tokenizers.list']({})).toEqual([])
  // The three files handed over, and nothing else.
  expect((await studio.everything()).length - before).toBeLessThanOrEqual(refused.length)
})

test('pairs and labelled texts have no tokenizer of their own', async () => {
  const { studio } = await withTale()
  const pairs = await studio.importFiles('instruct', [
    ['p.json', '[{"instruction":"a","output":"b"},{"instruction":"c","output":"d"}]'],
  ])
  const sourceId = await studio.add('t.json', file(bpe(TALE)))
  const failure = await errorOf(studio.data['tokenizers.import']({ datasetId: pairs.id, sourceId }))
  expect(failure).toMatchObject({ code: 'bad_request', message: expect.stringContaining('finetuning') })
})
