import { expect, it } from 'vitest'
import type { Statistics } from '@shared/contract/statistics.ts'
import {
  basisText,
  characterText,
  codePoint,
  compression,
  isSample,
  sampleScale,
  smallPercent,
  vocabularyUse,
} from './textStats.ts'

const plain = (text: string) => text.replaceAll('\u202f', ' ')
const made: Statistics = {
  version: 1,
  datasetId: 'd',
  tokenizerId: 't',
  tokenizerName: 'Own BPE (512)',
  vocabSize: 5,
  fingerprint: '',
  createdAt: '',
  read: { bytes: 1024, totalBytes: 1024, records: 10, totalRecords: 10 },
  textBytes: 1000,
  tokens: 400,
  gpt2Tokens: 250,
  unknown: 0,
  lengths: { unit: 'texts', exact: [[40, 10]], longer: [], longest: 40 },
  tokenCounts: [300, 95, 5, 0, 0],
  topTokens: [],
  characters: { total: 0, distinct: 0, categories: [], scripts: [], frequent: [], rarest: [], rare: 0 },
  repeats: [],
}
const sample: Statistics = { ...made, read: { bytes: 512, totalBytes: 4096, records: 10, totalRecords: 79 } }

it('says whether all was counted, and with what', () => {
  expect([isSample(made), isSample(sample)]).toEqual([false, true])
  expect([sampleScale(made), sampleScale(sample)]).toEqual([1, 7.9])
  expect(plain(basisText(made))).toBe('All 1.0 KiB counted, with Own BPE (512).')
  expect(plain(basisText(sample))).toContain('Estimate: 512 B of 4.0 KiB were read')
  expect(basisText({ ...made, tokenizerId: null })).toContain('has none yet')
})

it('compares with GPT-2’s', () => {
  expect(compression(made)).toMatchObject({ own: 2.5, gpt2: 4, text: expect.stringMatching(/^60\s% more tokens/) })
  expect(compression({ ...made, tokens: 200 })?.text).toMatch(/^20\s% fewer tokens/)
  expect(compression({ ...made, tokens: 251 })?.text).toContain('As many tokens')
  expect(compression({ ...made, tokens: 0 })).toBeNull()
})

it('counts what of the vocabulary is used', () => {
  expect(vocabularyUse(made)).toMatchObject({ unused: 2, rare: 1 })
})

it('names characters that leave no mark', () => {
  expect([0x20, 0x41, 0x0301, 0xfffd, 0x1f600].map(characterText)).toEqual([
    'blank',
    'A',
    'U+0301',
    'damaged character',
    '😀',
  ])
  expect(codePoint(0xe9)).toBe('U+00E9')
})

it('never shows some as none', () => {
  expect([0, 0.0001, 0.0006, 0.5].map(smallPercent).map(plain)).toEqual(['0.0 %', '< 0.1 %', '0.1 %', '50.0 %'])
})
