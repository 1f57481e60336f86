import { describe, expect, it } from 'vitest'
import { decimate, nearestIndex, smooth } from './series.ts'

const line = (n: number, y = (x: number) => x) => Array.from({ length: n }, (_, x) => ({ x, y: y(x) }))

describe('nearestIndex', () => {
  const points = [1, 4, 9].map((x) => ({ x, y: 0 }))
  it.each([
    [-5, 0],
    [1, 0],
    [2.5, 0],
    [2.6, 1],
    [6.6, 2],
    [100, 2],
  ])('of x %d', (x, index) => expect(nearestIndex(points, x)).toBe(index))
  it('is -1 without points', () => expect(nearestIndex([], 3)).toBe(-1))
})

describe('decimate', () => {
  it('leaves short series alone', () => {
    const points = line(50)
    expect(decimate(points, 50)).toBe(points)
  })
  it('keeps both ends, the order and every spike', () => {
    const points = line(100_000, (x) => (x === 70_123 ? 50 : x === 31_001 ? -50 : Math.sin(x)))
    const kept = decimate(points, 1000)
    expect(kept.length).toBeLessThanOrEqual(1000)
    expect(kept.length).toBeGreaterThan(900)
    expect(kept[0]).toBe(points[0])
    expect(kept.at(-1)).toBe(points.at(-1))
    expect(kept).toContain(points[70_123])
    expect(kept).toContain(points[31_001])
    expect(kept.every((p, i) => i === 0 || p.x > (kept[i - 1]?.x ?? Infinity))).toBe(true)
  })
})

describe('smooth', () => {
  it('starts at the first value and keeps a constant', () => {
    expect(
      smooth(
        line(5, () => 3),
        0.9,
      ).map((p) => p.y),
    ).toEqual([3, 3, 3, 3, 3].map((y) => expect.closeTo(y, 12)))
  })
  it('weighs the past', () => {
    const [a, b] = smooth(
      [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
      0.5,
    )
    expect(a?.y).toBe(0)
    expect(b?.y).toBeCloseTo(0.5 / 0.75, 12)
  })
  it('changes nothing at weight 0', () => {
    expect(smooth(line(4), 0)).toEqual(line(4))
  })
})
