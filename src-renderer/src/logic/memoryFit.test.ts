import { expect, it } from 'vitest'
import { CPU_BYTES } from '@shared/model/memory-fit.ts'
import { trainingMemory } from '@shared/model/memory.ts'
import { presetConfig } from '@shared/model/presets.ts'
import { cpuMemoryError, largestBatch } from './memoryFit.ts'

const book = presetConfig('book', 50_257)
const cpu = { kind: 'cpu', threads: 2 } as const
const total = (batch: number) => trainingMemory(book, { kind: 'lm' }, batch, 256).total

it('finds the largest batch that fits, to the last example', () => {
  const batch = largestBatch(book, 4096, 256, CPU_BYTES)
  expect(total(batch)).toBeLessThanOrEqual(CPU_BYTES)
  expect(total(batch + 1)).toBeGreaterThan(CPU_BYTES)
  expect(largestBatch(book, 3, 256, CPU_BYTES)).toBe(3)
  expect(largestBatch(book, 8, 256, 2 ** 30)).toBe(0)
})

it('says what to change where the processor cannot hold it, and nothing elsewhere', () => {
  expect(cpuMemoryError(book, 1, 256, cpu)).toBeNull()
  const batch = largestBatch(book, 64, 256, CPU_BYTES)
  expect(cpuMemoryError(book, 64, 256, cpu)).toMatch(new RegExp(`4.0.GiB at most. A batch of ${batch} fits.$`))
  expect(cpuMemoryError(book, 64, 256, { kind: 'gpu', threads: 1 })).toBeNull()
  const vast = { ...book, nEmbd: 1536 }
  expect(cpuMemoryError(vast, 1, 256, cpu)).toContain('smaller width')
})
