import { expect, it } from 'vitest'
import type { Lengths } from '@shared/contract/statistics.ts'
import { binText, cutAt, cutText, histogramOf, lengthSummary } from './lengthStats.ts'

const lengths = (
  exact: [number, number][],
  longer: Lengths['longer'] = [],
  unit: Lengths['unit'] = 'pairs',
): Lengths => ({
  unit,
  exact,
  longer,
  longest: longer.at(-1)?.to ?? exact.at(-1)?.[0] ?? 0,
})
const some = lengths([
  [10, 5],
  [60, 3],
  [130, 2],
])
const long = lengths([[100, 9]], [{ from: 8193, to: 16_384, records: 1, tokens: 10_000 }], 'documents')
const plain = (text: string) => text.replaceAll('\u202f', ' ')

it('sums up', () => {
  expect(lengthSummary(some)).toEqual({ records: 10, mean: 49, median: 10, p95: 130, longest: 130 })
  expect(lengthSummary(lengths([]))).toEqual({ records: 0, mean: 0, median: 0, p95: 0, longest: 0 })
})

it('counts exactly what a context cuts, a record of just that length not', () => {
  expect(cutAt(some, 60)).toEqual({ records: 2, share: 0.2, tokens: 140 / 490 })
  expect(cutAt(some, 59).records).toBe(5)
  expect(cutAt(some, 130).records).toBe(0)
  expect(cutAt(long, 256)).toEqual({ records: 1, share: 0.1, tokens: (10_000 - 256) / 10_900 })
})

it('says it in words, and that a sample is one', () => {
  expect(plain(cutText(some, 60, 1).first)).toBe('2 pairs, 20.0 %, would be cut.')
  expect(plain(cutText(some, 60, 1).second)).toContain('28.6 % of all tokens')
  expect(plain(cutText(some, 60, 4).first)).toBe('About 8 pairs, 20.0 %, would be cut.')
  expect(cutText(some, 200, 1).first).toBe('None of the pairs is longer than 200 tokens.')
  expect(plain(cutText(long, 256, 1).first)).toBe('1 document, 10.0 %, is longer than a window.')
})

it('draws every record in bins of a round width that reach past the context', () => {
  for (const context of [1, 64, 256, 2048]) {
    const { bins, top, open } = histogramOf(some, context)
    expect(bins.reduce((sum, bin) => sum + bin.records, 0)).toBe(10)
    expect(top).toBeGreaterThanOrEqual(context)
    expect(bins.length).toBeLessThanOrEqual(41)
    expect(bins.every((bin, i) => i === 0 || bin.from === bins[i - 1]!.to + 1)).toBe(true)
    if (!open)
      for (const { from, to, records } of bins) {
        expect(records).toBe(some.exact.filter(([n]) => n >= from && n <= to).reduce((sum, [, n]) => sum + n, 0))
      }
  }
  const { bins, open } = histogramOf(long, 256)
  expect([open, bins.at(-1)!.records, bins.at(-1)!.to]).toEqual([true, 1, 16_384])
  expect(binText(bins.at(-1)!, open)).toContain('and longer')
})
