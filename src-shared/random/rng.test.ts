import { expect, test } from 'vitest'
import { createRng, xoshiro128StarStar } from './rng.ts'

test('gives the published sequence of xoshiro128** 1.1', () => {
  const draw = xoshiro128StarStar([1, 2, 3, 4])
  const expected = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]
  expect(expected.map(() => draw())).toEqual(expected)
})

test('repeats for the same seed and differs for another', () => {
  const take = (seed: number) => {
    const rng = createRng(seed)
    return Array.from({ length: 50 }, () => rng.next())
  }
  expect(take(7)).toEqual(take(7))
  expect(take(7)).not.toEqual(take(8))
  expect(take(0).every((x) => x >= 0 && x < 1)).toBe(true)
})

test('draws integers evenly', () => {
  const rng = createRng(1)
  const counts = new Array<number>(6).fill(0)
  for (let i = 0; i < 60_000; i++) counts[rng.int(6)]!++
  const chiSquare = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)
  expect(chiSquare).toBeLessThan(20.5) // 99.9 % point, 5 degrees of freedom
})

test('shuffles every order equally often and keeps the elements', () => {
  const rng = createRng(2)
  const seen = new Map<string, number>()
  for (let i = 0; i < 6000; i++) {
    const order = rng.shuffle(['a', 'b', 'c']).join('')
    seen.set(order, (seen.get(order) ?? 0) + 1)
  }
  expect([...seen.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
  for (const n of seen.values()) expect(Math.abs(n - 1000)).toBeLessThan(120)
})

test('normal draws have mean 0 and variance 1', () => {
  const rng = createRng(3)
  const xs = Array.from({ length: 100_000 }, () => rng.normal())
  const mean = xs.reduce((sum, x) => sum + x, 0) / xs.length
  expect(Math.abs(mean)).toBeLessThan(0.012)
  expect(xs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / xs.length).toBeCloseTo(1, 1)
  expect(xs.filter((x) => Math.abs(x) > 1.96).length / xs.length).toBeCloseTo(0.05, 2)
})

test('refuses an empty range', () => {
  const rng = createRng(4)
  expect(() => rng.int(0)).toThrow(RangeError)
  expect(() => rng.pick([])).toThrow(RangeError)
})
