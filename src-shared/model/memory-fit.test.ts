import { expect, it } from 'vitest'
import { fitMemory, memoryBudget, memoryWays } from './memory-fit.ts'
import { trainingMemory } from './memory.ts'
import { presetConfig } from './presets.ts'

const book = presetConfig('book', 50_257)
const gpu = { kind: 'gpu', threads: 1 } as const
const steps = (wish: Parameters<typeof memoryWays>[0]) =>
  memoryWays(wish).map(({ batchSize, accumulation, recompute }) => [batchSize, accumulation, recompute])

it('first halves batches while they keep the device busy, then recomputes, then halves on', () => {
  expect(steps({ config: book, seqLen: 256, batchSize: 8 })).toEqual([
    [8, 1, 0],
    [4, 2, 0],
    [4, 2, 1],
    [4, 2, 2],
    [2, 4, 2],
    [1, 8, 2],
  ])
  expect(steps({ config: book, seqLen: 1024, batchSize: 9, accumulation: 2, recompute: 1 })).toEqual([
    [9, 2, 1],
    [3, 6, 1],
    [1, 18, 1],
  ])
})

it('takes less memory from way to way', () => {
  const totals = memoryWays({ config: book, seqLen: 256, batchSize: 8 }).map(
    ({ batchSize, recompute }) => trainingMemory(book, { kind: 'lm' }, batchSize, 256, undefined, { recompute }).total,
  )
  expect(totals).toEqual(totals.toSorted((a, b) => b - a))
})

it('stops at the first that fits, with its reasons', () => {
  const wish = { config: { ...book, nPositions: 1024 }, seqLen: 1024, batchSize: 4 }
  expect(fitMemory(wish, gpu, memoryBudget(gpu))).toMatchObject({ batchSize: 4, recompute: 0, fits: true, reasons: [] })
  const tight = fitMemory(wish, gpu, 2.6 * 2 ** 30)
  expect(tight).toMatchObject({ batchSize: 1, accumulation: 4, recompute: 0, fits: true })
  expect(tight.reasons).toEqual([expect.stringContaining('Batches of 1, 4 to a step')])
  expect(tight.memory.total).toBeLessThan(2.6 * 2 ** 30)
  const tighter = fitMemory(wish, gpu, 2.2 * 2 ** 30)
  expect(tighter).toMatchObject({ batchSize: 1, recompute: 2, fits: true })
  expect(tighter.reasons).toEqual([expect.stringContaining('Batches of 1'), expect.stringContaining('a third more')])
  expect(fitMemory(wish, gpu, 2 ** 30)).toMatchObject({ batchSize: 1, recompute: 2, fits: false })
})

it('keeps every activation within one binding', () => {
  const small = { ...gpu, largestBinding: 32 * 2 ** 20 }
  // (B T, 4 C) in f32 is 3 MiB an example.
  const wish = { config: book, seqLen: 256, batchSize: 16 }
  expect(fitMemory(wish, small, Infinity).batchSize).toBe(8)
  expect(fitMemory({ ...wish, precision: 'mixed' }, small, Infinity).batchSize).toBe(16)
})

it('plans with the precision that a run will have', () => {
  const wish = { config: { ...book, nPositions: 1024 }, seqLen: 1024, batchSize: 4, precision: 'mixed' } as const
  const mixed = fitMemory(wish, gpu, Infinity)
  expect(mixed.memory).toEqual(
    trainingMemory(wish.config, { kind: 'lm' }, 4, 1024, undefined, { precision: 'mixed', hardware: gpu }),
  )
  const budget = 1.01 * mixed.memory.total
  expect(fitMemory(wish, gpu, budget)).toMatchObject({ batchSize: 4, recompute: 0, fits: true, reasons: [] })
  expect(fitMemory({ ...wish, precision: 'f32' }, gpu, budget).batchSize).toBeLessThan(4)
})

it('knows what the processor can address', () => {
  expect(memoryBudget({ kind: 'cpu' }, 2 ** 40)).toBe(2 ** 32)
  expect(memoryBudget({ kind: 'cpu' }, 2 ** 30)).toBe(0.8 * 2 ** 30)
})
