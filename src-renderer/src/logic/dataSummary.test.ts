import { expect, it } from 'vitest'
import type { Dataset } from '@shared/contract/schemas.ts'
import {
  classShares,
  invalidTexts,
  needsALook,
  previewParts,
  recordsText,
  sampleTexts,
  splitShares,
} from './dataSummary.ts'

function dataset(patch: Partial<Dataset>): Dataset {
  const none = { train: 0, val: 0, test: 0 }
  return {
    id: 'd1',
    name: 'set',
    purpose: 'pretrain',
    status: 'ready',
    createdAt: '2026-01-01T00:00:00Z',
    starter: null,
    sources: [],
    records: none,
    characters: 0,
    bytes: 0,
    lines: 0,
    words: 0,
    textBytes: none,
    seed: 1,
    classes: [],
    duplicatesDropped: 0,
    problems: { total: 0, kept: [] },
    ...patch,
  }
}
const plain = (text: string) => text.replaceAll('\u202f', ' ')

it('splits a text by its bytes', () => {
  const shares = splitShares(
    dataset({ records: { train: 1, val: 0, test: 0 }, textBytes: { train: 900, val: 100, test: 0 } }),
  )
  expect(shares.map(({ part, share, text }) => [part, share, plain(text)])).toEqual([
    ['train', 0.9, '900 B (90 %)'],
    ['val', 0.1, '100 B (10 %)'],
  ])
})

it('splits records by their number', () => {
  const shares = splitShares(dataset({ purpose: 'classify', records: { train: 1400, val: 200, test: 400 } }))
  expect(shares.map(({ text }) => plain(text))).toEqual(['1,400 (70 %)', '200 (10 %)', '400 (20 %)'])
})

it('names what the dataset consists of', () => {
  const source = { name: 'a', bytes: 1, sha256: '', encoding: 'utf-8' } as const
  const two = { train: 1, val: 1, test: 0 }
  expect(recordsText(dataset({ records: two, sources: [{ ...source, kind: 'text' }] }))).toBe('1 file')
  expect(recordsText(dataset({ records: two, sources: [{ ...source, kind: 'csv' }] }))).toBe('2 documents')
  const pairs = dataset({ purpose: 'instruct', records: { train: 4250, val: 250, test: 500 } })
  expect(recordsText(pairs)).toBe('5,000 pairs')
})

it('orders classes by size', () => {
  const classes = [
    { label: 'ham', counts: { train: 1, val: 1, test: 0 } },
    { label: 'spam', counts: { train: 5, val: 1, test: 2 } },
  ]
  expect(classShares(dataset({ purpose: 'classify', classes }))).toEqual([
    { label: 'spam', count: 8, share: 0.8 },
    { label: 'ham', count: 2, share: 0.2 },
  ])
})

it('previews the parts that hold something', () => {
  expect(previewParts(dataset({ textBytes: { train: 9, val: 1, test: 0 } }))).toEqual(['train', 'val'])
})

it('says where only a sample was taken, and what became of invalid bytes', () => {
  const source = { name: 'a.txt', bytes: 1024, sha256: '', kind: 'text', encoding: 'utf-8' } as const
  expect(sampleTexts(dataset({ sources: [source] }))).toEqual([])
  expect(sampleTexts(dataset({ sources: [{ ...source, sample: { of: 4096, from: 'start' } }] })).map(plain)).toEqual([
    'a.txt: 1.0 KiB of 4.0 KiB, its beginning',
  ])
  expect(invalidTexts(dataset({ sources: [source] }))).toEqual([])
  expect(invalidTexts(dataset({ sources: [{ ...source, invalid: { bytes: 1, handling: 'replace' } }] }))).toEqual([
    'a.txt: 1 byte replaced with �',
  ])
})

it('asks for a look where records were left out or a label has several spellings', () => {
  const made = (labelVariants: object[]) => ({ labelVariants }) as unknown as NonNullable<Dataset['made']>
  expect(needsALook(dataset({}))).toBe(false)
  expect(needsALook(dataset({ made: made([]) }))).toBe(false)
  expect(needsALook(dataset({ problems: { total: 1, kept: [] } }))).toBe(true)
  expect(needsALook(dataset({ made: made([{ keep: 'spam', others: ['Spam'], texts: 1 }]) }))).toBe(true)
})
