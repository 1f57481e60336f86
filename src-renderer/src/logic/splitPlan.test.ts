import { expect, it } from 'vitest'
import type { Dataset } from '@shared/contract/schemas.ts'
import { plannedParts, shortValidation } from './splitPlan.ts'

const split = { val: 10, test: 0, gap: 0, dropShared: false }
const text = (bytes: number) =>
  ({
    purpose: 'pretrain',
    records: { train: 1, val: 1, test: 0 },
    textBytes: { train: bytes * 0.9, val: bytes * 0.1, test: 0 },
    made: { prose: true, build: { split } },
  }) as unknown as Dataset
const plain = (words: string) => words.replaceAll('\u202f', ' ')

it('plans a running text in bytes and tokens, records in rows', () => {
  expect(
    plannedParts(text(10_000), { ...split, val: 20 }, 2).map(({ part, text: words }) => [part, plain(words)]),
  ).toEqual([
    ['train', '7.8 KiB, about 4,000 tokens (80 %)'],
    ['val', '2.0 KiB, about 1,000 tokens (20 %)'],
  ])
  const pairs = { purpose: 'instruct', records: { train: 85, val: 5, test: 10 } } as unknown as Dataset
  expect(plannedParts(pairs, { ...split, test: 20 }, null).map(({ text: words }) => plain(words))).toEqual([
    '70 pairs (70 %)',
    '10 pairs (10 %)',
    '20 pairs (20 %)',
  ])
})

it('names a validation part shorter than one example, with the share that mends it', () => {
  expect(shortValidation(text(20_000), split, 256, 4)).toBeNull()
  const short = shortValidation(text(6000), split, 256, 4)
  expect(short?.text).toBe('The validation part has 150 tokens; one example needs 257 with a context of 256.')
  expect(short?.enough).toBe(19)
  expect(shortValidation(text(6000), { ...split, val: short?.enough ?? 0 }, 256, 4)).toBeNull()
  expect(shortValidation(text(600), split, 256, null)).toMatchObject({ enough: null })
})

it('takes the parts as they are where the split is applied', () => {
  const uneven = { ...text(10_000), textBytes: { train: 9500, val: 500, test: 0 } } as Dataset
  expect(plannedParts(uneven, split, 1).map(({ tokens }) => tokens)).toEqual([9500, 500])
  expect(plannedParts(uneven, { ...split, val: 20 }, 1).map(({ tokens }) => tokens)).toEqual([8000, 2000])
  expect(shortValidation(uneven, split, 600, 1)?.enough).toBe(14)
})
