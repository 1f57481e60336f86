import { describe, expect, it } from 'vitest'
import { clamp, formatInput, parseNumber, stepBy } from './number.ts'

describe('parseNumber', () => {
  it.each([
    ['12', 12],
    [' 0.0005 ', 0.0005],
    ['5e-4', 0.0005],
    ['1,000', 1000],
    ['12 345 678', 12_345_678],
    ['-.5', -0.5],
    ['3.', 3],
  ])('reads %j', (text, value) => expect(parseNumber(text)).toBe(value))
  it.each(['', 'abc', '1,00', '5e', '--1', '1e999', '0x10', 'Infinity'])('refuses %j', (text) =>
    expect(parseNumber(text)).toBeNull(),
  )
})

describe('formatInput', () => {
  it.each([
    [0, '0'],
    [0.0005, '0.0005'],
    [0.00003, '3e-5'],
    [1e-8, '1e-8'],
    [50257, '50257'],
    [0.1 + 0.2, '0.3'],
  ])('writes %d', (value, text) => expect(formatInput(value)).toBe(text))
  it('is read back as the same number', () => {
    for (const value of [1e-8, 6e-4, 0.95, 123456, -2.5]) expect(parseNumber(formatInput(value))).toBe(value)
  })
})

it('steps and clamps without binary noise', () => {
  expect(stepBy(0.1, 0.2)).toBe(0.3)
  expect(clamp(stepBy(9, 5), 0, 10)).toBe(10)
})
