import { expect, test } from 'vitest'
import { fillNormal } from './normal.ts'

test('has the moments of a normal distribution and repeats for the same key', () => {
  const n = 200_001
  const a = new Float32Array(n)
  fillNormal(a, 0.02, 7)
  const mean = (f: (z: number) => number) => a.reduce((sum, x) => sum + f(x / 0.02), 0) / n
  expect(Math.abs(mean((z) => z))).toBeLessThan(0.01)
  expect(Math.abs(mean((z) => z * z) - 1)).toBeLessThan(0.02)
  expect(Math.abs(mean((z) => z ** 4) - 3)).toBeLessThan(0.15)
  expect(mean((z) => (Math.abs(z) > 1.96 ? 1 : 0))).toBeCloseTo(0.05, 2)
  // Neighbours do not depend on each other.
  let covariance = 0
  for (let i = 0; i + 1 < n; i++) covariance += (a[i]! * a[i + 1]!) / 0.0004 / n
  expect(Math.abs(covariance)).toBeLessThan(0.01)

  const b = new Float32Array(n)
  fillNormal(b, 0.02, 7)
  expect(b).toEqual(a)
  fillNormal(b, 0.02, 8)
  expect(b).not.toEqual(a)
  expect(a.every(Number.isFinite)).toBe(true)
})
