import { expect, test } from 'vitest'
import { permutation } from './permutation.ts'

test.each([1, 2, 3, 5, 16, 17, 64, 1000, 4097, 100_003])('is a bijection of 0 .. %i - 1 for any key', (n) => {
  for (const key of [0, 1, 123, 0xffffffff]) {
    const at = permutation(n, key)
    const seen = new Uint8Array(n)
    for (let i = 0; i < n; i++) seen[at(i)]!++
    expect(seen.every((times) => times === 1)).toBe(true)
  }
})

test('differs between keys and is far from sorted', () => {
  const a = permutation(10_000, 1)
  const b = permutation(10_000, 2)
  let same = 0
  let rising = 0
  for (let i = 0; i + 1 < 10_000; i++) {
    if (a(i) === b(i)) same++
    if (a(i + 1) > a(i)) rising++
  }
  expect(same).toBeLessThan(20)
  expect(Math.abs(rising - 5000)).toBeLessThan(300)
})

test('refuses an empty range and an index outside', () => {
  expect(() => permutation(0, 1)).toThrow(RangeError)
  expect(() => permutation(4, 1)(4)).toThrow(RangeError)
})
