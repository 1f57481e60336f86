import type { ClassificationReport } from '@shared/contract/schemas.ts'
import { describe, expect, it } from 'vitest'
import { cellText, reportVerdict, scoreRows, wilson } from './testReport.ts'

const report: ClassificationReport = {
  labels: ['ham', 'spam'],
  confusion: [
    [80, 10],
    [1, 9],
  ],
  accuracy: 0.89,
  baselineAccuracy: 0.9,
  baselineLabel: 'ham',
  total: 100,
}

it('gives the Wilson interval', () => {
  // 89 of 100: R's binom::binom.wilson gives 0.8136 .. 0.9375.
  const { low, high } = wilson(89, 100)
  expect(low).toBeCloseTo(0.8137, 3)
  expect(high).toBeCloseTo(0.9375, 3)
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 })
})

describe('reportVerdict', () => {
  it('does not praise what the majority reaches', () => {
    expect(reportVerdict(report)).toContain('No better than always answering “ham”')
  })
  it('tells luck from a clear difference', () => {
    expect(reportVerdict({ ...report, accuracy: 0.93 })).toMatch(/^3 points above .* luck/)
    expect(reportVerdict({ ...report, baselineAccuracy: 0.4 })).toMatch(/^49 points above .* never seen/)
  })
})

it('lists the scores of the classes', () => {
  expect(scoreRows(report)[1]).toEqual({
    label: 'spam',
    precision: '47.4\u202f%',
    recall: '90.0\u202f%',
    f1: '62.1\u202f%',
    support: '10',
  })
})

it('says what a cell means', () => {
  expect(cellText(report, 0, 0)).toBe('80 texts of “ham” recognised as such.')
  expect(cellText(report, 1, 0)).toBe('1 text of “spam” taken for “ham”.')
})
