import { expect, test } from 'vitest'
import { defaultThreads, hardwareOf, speedOf } from './hardware.ts'

test.each([
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 3],
  [16, 15],
])('%i cores: %i threads', (cores, threads) => {
  expect(defaultThreads(cores)).toBe(threads)
})

test('tells a card, a software adapter and the processor apart', () => {
  expect(hardwareOf({ kind: 'webgpu', fallback: false })).toEqual({ kind: 'gpu', threads: 1 })
  expect(hardwareOf({ kind: 'webgpu', fallback: true })).toEqual({ kind: 'software', threads: 1 })
  expect(hardwareOf({ kind: 'cpu', fallback: false, threads: 3 })).toEqual({ kind: 'cpu', threads: 3 })
})

test('a software adapter is the slowest, and a processor as fast as its threads', () => {
  const flops = (kind: 'gpu' | 'cpu' | 'software', threads = 1) => speedOf({ kind, threads }).flops
  expect(flops('software')).toBeLessThan(flops('cpu'))
  expect(flops('cpu', 4)).toBe(4 * flops('cpu'))
  expect(flops('cpu', 2)).toBeLessThan(flops('gpu'))
})
