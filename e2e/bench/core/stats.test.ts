import { expect, test } from 'vitest'
import { median, quantile, ratioOf } from './stats.ts'

test('quantiles lie between neighbours, as numpy has them', () => {
  const values = [40, 10, 30, 20]
  expect(median(values)).toBe(25)
  expect(quantile(values, 0.25)).toBe(17.5)
  expect(quantile([7], 0.75)).toBe(7)
  expect(median([])).toBeNaN()
})

test('a machine that slows down for both leaves the ratio alone', () => {
  expect(ratioOf([10, 30, 20], [20, 60, 40])).toEqual({ median: 0.5, low: 0.5, high: 0.5 })
})

test('rounds without the peer do not count', () => {
  expect(ratioOf([10, 10, 1000], [5, 5]).median).toBe(2)
})
