import { expect, it } from 'vitest'
import type { TokenizerInfo } from '@shared/contract/schemas.ts'
import { madeBefore, tokenizerChoices, vocabError } from './tokenizerChoice.ts'

const recommended = (characters: number) =>
  tokenizerChoices(characters)
    .filter((choice) => choice.recommended !== null)
    .map((choice) => choice.kind)

it('recommends one kind by the size of the text', () => {
  expect(recommended(20_000)).toEqual(['char'])
  expect(recommended(1_115_394)).toEqual(['bpe'])
})

it('says what a large vocabulary costs a small model', () => {
  // 50,257 x 128 of 7.24 M parameters.
  expect(tokenizerChoices(1)[2]?.text.replaceAll('\u202f', ' ')).toContain('89 % of a Tiny model')
})

it('asks for a vocabulary that holds the bytes and is no larger than GPT-2’s', () => {
  expect(vocabError(257, 'bpe')).toContain('258 to 50,257')
  expect(vocabError(258, 'bpe')).toBeUndefined()
  expect(vocabError(50_258, 'bpe')).toContain('258 to 50,257')
  expect(vocabError(0, 'char')).toBeUndefined()
})

it('finds a tokenizer that was made before', () => {
  const made = (id: string, kind: TokenizerInfo['kind'], vocabSize: number): TokenizerInfo => ({
    id,
    kind,
    vocabSize,
    name: id,
    createdAt: '',
    datasetId: 'd1',
    merges: 0,
    sha256: '',
    bytesPerToken: 1,
    tokens: { train: 0, val: 0, test: 0 },
    unknown: 0,
  })
  const list = [
    { ...made('theirs', 'bpe', 512), importedFrom: 'a.json' },
    made('chars', 'char', 67),
    made('bpe', 'bpe', 512),
  ]
  expect(madeBefore(list, { datasetId: 'd1', kind: 'char', vocabSize: 0 })?.id).toBe('chars')
  expect(madeBefore(list, { datasetId: 'd1', kind: 'bpe', vocabSize: 512 })?.id).toBe('bpe')
  expect(madeBefore(list, { datasetId: 'd1', kind: 'bpe', vocabSize: 1024 })).toBeNull()
  expect(madeBefore(list, { datasetId: 'd2', kind: 'char', vocabSize: 0 })).toBeNull()
})
