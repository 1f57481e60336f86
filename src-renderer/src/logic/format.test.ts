import { describe, expect, it } from 'vitest'
import {
  counted,
  durationRange,
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatLoss,
  formatPercent,
  formatShort,
} from './format.ts'

/** Figures and unit are held together by a no-break space of narrow width. */
const plain = (text: string) => text.replaceAll('\u202f', ' ')

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1 k'],
  [1234, '1.23 k'],
  [999_600, '1 M'],
  [123_800_000, '124 M'],
  [2.5e9, '2.5 G'],
])('formatShort %d', (n, text) => expect(plain(formatShort(n))).toBe(text))

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [1024 ** 2 - 1, '1.0 MiB'],
  [1_115_394, '1.1 MiB'],
  [5 * 1024 ** 3, '5.0 GiB'],
])('formatBytes %d', (n, text) => expect(plain(formatBytes(n))).toBe(text))

it.each([
  [400, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [95_000, '1 min 35 s'],
  [750_000, '12 min'],
  [3_725_000, '1 h 2 min'],
  [7_200_000, '2 h'],
  [200 * 3_600_000, '8 d 8 h'],
])('formatDuration %d', (ms, text) => expect(plain(formatDuration(ms))).toBe(text))

it('formats counts, shares and losses', () => {
  expect(formatCount(1_234_567.4)).toBe('1,234,567')
  expect(plain(formatPercent(0.8641))).toBe('86.4 %')
  expect(formatLoss(2.30251)).toBe('2.303')
  expect(formatLoss(null)).toBe('–')
})

describe('formatAgo', () => {
  const now = Date.parse('2026-03-10T12:00:00Z')
  it.each([
    ['2026-03-10T11:59:30Z', 'just now'],
    ['2026-03-10T11:55:00Z', '5 min ago'],
    ['2026-03-10T09:00:00Z', '3 h ago'],
    ['2026-03-09T10:00:00Z', 'yesterday'],
    ['2026-03-06T12:00:00Z', '4 days ago'],
    ['2026-01-02T12:00:00Z', '2 Jan 2026'],
    ['2026-03-10T12:00:09Z', 'just now'],
  ])('%s', (iso, text) => expect(formatAgo(iso, now)).toBe(text))
})

it('says a count with what it counts, and the unit of a range once', () => {
  expect([counted(1, 'step'), counted(0, 'step'), counted(3500, 'step')]).toEqual(['1 step', '0 steps', '3,500 steps'])
  const range = (from: number, to: number) =>
    plain(durationRange(formatDuration(from * 1000), formatDuration(to * 1000)))
  expect([range(120, 480), range(30, 120), range(3600, 3900), range(65, 120), range(9, 9)]).toEqual([
    '2 to 8 min',
    '30 s to 2 min',
    '1 h to 1 h 5 min',
    '1 min 5 s to 2 min',
    '9 s',
  ])
})
