import { expect, it } from 'vitest'
import { textTraining, windowCount } from '@engine/train/text-batches.ts'
import { arraySource } from '@engine/train/testing/memory-io.ts'
import { sampleCount, strideMeaning, trainingSamples, windowStarts } from './tokenizerWindows.ts'

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

it('is the count of the trainer, which reads with the stride of a context', () => {
  for (const [tokens, context] of [
    [5145, 256],
    [1000, 8],
    [257, 256],
    [511, 256],
    [2, 1],
  ] as const) {
    const counts = Array.from({ length: context }, (_, offset) => offset)
      .filter((offset) => tokens - offset >= context + 1)
      .map((offset) => {
        expect(sampleCount(tokens - offset, context, context)).toBe(windowCount(tokens, context, offset))
        return windowCount(tokens, context, offset)
      })
    expect(trainingSamples(tokens, context)).toEqual({ least: Math.min(...counts), most: Math.max(...counts) })
  }
  expect(trainingSamples(256, 256)).toEqual({ least: 0, most: 0 })
})

it('lies within what the trainer really takes, pass by pass', () => {
  const [tokens, context] = [203, 8]
  const source = textTraining(arraySource(Array.from({ length: tokens }, (_, i) => i)), 1, context, 7)
  const taken = [0, 0, 0, 0, 0, 0]
  for (let cursor = { epoch: 0, index: 0 }; cursor.epoch < taken.length; cursor = source.advance(cursor)) {
    taken[cursor.epoch]!++
  }
  const { least, most } = trainingSamples(tokens, context)
  expect([Math.min(...taken), Math.max(...taken)]).toEqual([least, most])
})
