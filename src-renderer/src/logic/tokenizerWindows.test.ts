import { expect, it } from 'vitest'
import { sampleCount, strideMeaning, windowStarts } from './tokenizerWindows.ts'

it('counts as the loop of the book does', () => {
  for (const [tokens, context, stride] of [
    [5145, 4, 1],
    [5145, 4, 4],
    [5145, 256, 128],
    [10, 3, 7],
    [5, 4, 4],
    [4, 4, 1],
    [0, 1, 1],
  ] as const) {
    let counted = 0
    for (let i = 0; i < tokens - context; i += stride) counted++
    expect(sampleCount(tokens, context, stride)).toBe(counted)
  }
})

it('places no window whose last target would be missing', () => {
  expect(windowStarts(9, 4, 2, 9)).toEqual([0, 2, 4])
  expect(windowStarts(100, 4, 2, 3)).toEqual([0, 2, 4])
})

it('says what a stride does', () => {
  expect(strideMeaning(4, 4)).toContain('once')
  expect(strideMeaning(4, 6)).toContain('2 of every 6 tokens are skipped')
  expect(strideMeaning(6, 4)).toContain('about 1.5 times')
  expect(strideMeaning(8, 2)).toContain('read 4 times')
})
