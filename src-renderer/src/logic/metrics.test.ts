import { describe, expect, it } from 'vitest'
import { appendMetrics, latest, metricPoints, timeLeft } from './metrics.ts'

const row = (step: number, extra = {}) => ({ step, elapsedMs: step * 100, loss: 5 - step / 100, ...extra })
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i))

describe('appendMetrics', () => {
  it('puts new rows after the old', () => {
    expect(appendMetrics(rows(1, 4), rows(4, 6)).map((r) => r.step)).toEqual([1, 2, 3, 4, 5])
  })
  it('replaces what a resumed run repeats', () => {
    const merged = appendMetrics(rows(1, 10), [row(5, { loss: 9 }), row(6)])
    expect(merged.map((r) => r.step)).toEqual([1, 2, 3, 4, 5, 6])
    expect(merged[4]?.loss).toBe(9)
  })
  it('keeps the rows when nothing comes', () => {
    expect(appendMetrics(rows(1, 3), [])).toEqual(rows(1, 3))
  })
})

it('takes one quantity and leaves gaps and infinities out', () => {
  const some = [row(1), row(2, { valLoss: 4 }), row(3, { valLoss: Infinity }), row(4, { valLoss: 3 })]
  expect(metricPoints(some, 'valLoss')).toEqual([
    { x: 2, y: 4 },
    { x: 4, y: 3 },
  ])
  expect(latest([...some, row(5)], 'valLoss')).toBe(3)
  expect(latest([], 'loss')).toBeNull()
})

describe('timeLeft', () => {
  it('goes by the recent pace', () => {
    expect(timeLeft(rows(1, 101), 200)).toBe(100 * 100)
  })
  it('is unknown at first and zero at the end', () => {
    expect(timeLeft(rows(1, 4), 200)).toBeNull()
    expect(timeLeft(rows(1, 201), 200)).toBe(0)
  })
})
