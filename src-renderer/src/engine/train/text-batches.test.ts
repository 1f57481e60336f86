import { describe, expect, test } from 'vitest'
import { BatchFeed } from './batches.ts'
import { arraySource } from './testing/memory-io.ts'
import { epochOffset, textEvaluation, textTraining, windowCount } from './text-batches.ts'
import type { LmBatch } from '@engine/model/session.ts'

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('textTraining', () => {
  test.each([
    [100, 3, 7],
    [57, 4, 8],
    [9, 2, 8],
    [2, 1, 1],
    [50, 5, 1],
  ])('%i tokens, batch %i, context %i: each window once per epoch, targets are successors', async (n, B, T) => {
    const source = textTraining(arraySource(numbers(n)), B, T, 42)
    let cursor = { epoch: 0, index: 0 }
    const starts = new Map<number, number[]>()
    while (cursor.epoch < 3) {
      let { epoch, index } = cursor
      const { batch } = await source.at(cursor)
      const { inputIds, labels } = batch as LmBatch
      expect(inputIds.length).toBe(B * T)
      for (let b = 0; b < B; b++) {
        for (let t = 0; t < T; t++) {
          expect(inputIds[b * T + t]).toBe(inputIds[b * T]! + t)
          expect(labels[b * T + t]).toBe(inputIds[b * T + t]! + 1)
        }
        if (index >= windowCount(n, T, epochOffset(n, T, 42, epoch))) {
          epoch++
          index = 0
        }
        starts.set(epoch, [...(starts.get(epoch) ?? []), inputIds[b * T]!])
        index++
      }
      cursor = source.advance(cursor)
    }
    for (const epoch of [0, 1, 2]) {
      const offset = epochOffset(n, T, 42, epoch)
      const expected = numbers(n).filter((s) => s >= offset && (s - offset) % T === 0 && s + T < n)
      expect(starts.get(epoch)!.toSorted((a, b) => a - b)).toEqual(expected)
    }
  })

  test('epochs differ in order, and seeds differ', async () => {
    const order = async (seed: number, epoch: number) => [
      ...((await textTraining(arraySource(numbers(500)), 20, 4, seed).at({ epoch, index: 0 })).batch as LmBatch)
        .inputIds,
    ]
    expect(await order(1, 0)).not.toEqual(await order(1, 1))
    expect(await order(1, 0)).not.toEqual(await order(2, 0))
    expect(await order(1, 0)).toEqual(await order(1, 0))
  })

  test('reading ahead gives the same batches in the same order', async () => {
    const source = textTraining(arraySource(numbers(61)), 3, 4, 9)
    const feed = new BatchFeed(source, { epoch: 0, index: 0 })
    let cursor = { epoch: 0, index: 0 }
    for (let i = 0; i < 30; i++) {
      // Two at a time now and then.
      const { batches, tokens, next } = await feed.take(1 + (i % 2))
      expect(batches.length).toBe(1 + (i % 2))
      for (const batch of batches) {
        expect(batch).toEqual((await source.at(cursor)).batch)
        cursor = source.advance(cursor)
      }
      expect(tokens).toBe(12 * batches.length)
      expect(next).toEqual(cursor)
    }
  })

  test('a read that fails is told when its batch is due', async () => {
    const source = { ...textTraining(arraySource(numbers(61)), 3, 4, 9) }
    let calls = 0
    const at = source.at
    source.at = async (cursor) => {
      if (++calls === 3) throw new Error('the disk went away')
      return at(cursor)
    }
    const feed = new BatchFeed(source, { epoch: 0, index: 0 })
    await feed.take(2)
    await expect(feed.take(1)).rejects.toThrow('the disk went away')
  })
})

describe('textEvaluation', () => {
  test('takes whole windows spread over the part, always the same', async () => {
    const set = textEvaluation(arraySource(numbers(1001)), 4, 10, 2)
    expect(set.length).toBe(2)
    const starts = []
    for (let i = 0; i < set.length; i++) {
      const { inputIds, labels } = (await set.batch(i)) as LmBatch
      expect(labels.every((l, k) => l === inputIds[k]! + 1)).toBe(true)
      for (let b = 0; b < 4; b++) starts.push(inputIds[b * 10])
    }
    expect(starts).toEqual([0, 120, 250, 370, 500, 620, 750, 870])
  })

  test('a part shorter than a window still counts, padding is ignored', async () => {
    const set = textEvaluation(arraySource([5, 6, 7]), 2, 4, 3)
    expect(set.length).toBe(1)
    const { inputIds, labels } = (await set.batch(0)) as LmBatch
    expect([...inputIds]).toEqual([5, 6, 0, 0, 0, 0, 0, 0])
    expect([...labels]).toEqual([6, 7, -100, -100, -100, -100, -100, -100])
    expect(textEvaluation(arraySource([5]), 2, 4, 3).length).toBe(0)
  })
})
