import { expect, it } from 'vitest'
import { addMark, progressText, rateOf, type ProgressMark } from './dataProgress.ts'

const MIB = 1024 * 1024

it('measures the rate over the marks it keeps', () => {
  let marks: ProgressMark[] = []
  for (let second = 0; second <= 20; second++) {
    // Slow for ten seconds, then ten times as fast.
    const done = second <= 10 ? second * 100 : 1000 + (second - 10) * 1000
    marks = addMark(marks, { at: second * 1000, done })
  }
  expect(marks).toHaveLength(9)
  expect(rateOf(marks)).toBe(1000)
})

it('has no rate from too little', () => {
  expect(rateOf([])).toBeNull()
  expect(rateOf([{ at: 0, done: 0 }])).toBeNull()
  expect(
    rateOf([
      { at: 0, done: 0 },
      { at: 100, done: 50 },
    ]),
  ).toBeNull()
  expect(
    rateOf([
      { at: 0, done: 9 },
      { at: 5000, done: 9 },
    ]),
  ).toBeNull()
})

it('starts anew with a new phase', () => {
  const marks = addMark([{ at: 0, done: 500 }], { at: 1000, done: 20 })
  expect(marks).toEqual([{ at: 1000, done: 20 }])
})

it('tells amount, rate and time left', () => {
  const text = progressText({ done: 2 * MIB, total: 8 * MIB, unit: 'bytes' }, 2 * MIB)
  expect(text.replaceAll('\u202f', ' ')).toBe('2.0 MiB of 8.0 MiB · 2.0 MiB/s · 3 s left')
})

it('tells what is known when the end is not', () => {
  expect(progressText({ done: 120, total: 0, unit: 'merges' }, null)).toBe('120 merges')
  expect(progressText({ done: 0, total: 0, unit: 'merges' }, null)).toBe('')
})
