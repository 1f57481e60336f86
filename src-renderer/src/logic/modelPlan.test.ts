import { expect, it } from 'vitest'
import type { Run } from '@shared/contract/schemas.ts'
import { trainStepFlops } from '@shared/model/flops.ts'
import { parameterCount, trainingMemory } from '@shared/model/memory.ts'
import { presetConfig } from '@shared/model/presets.ts'
import { firstLoss, memoryParts, memoryVerdict, timeEstimate, tokenBudget } from './modelPlan.ts'

const GIB = 1024 ** 3
const tiny = { ...presetConfig('tiny', 1024), nPositions: 128 }

it('divides the memory into parts that make the whole', () => {
  const parts = memoryParts(trainingMemory(tiny, { kind: 'lm' }, 8, 128))
  expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
  expect(parts.map(({ name }) => name)).toEqual(['Weights', 'Gradients', 'Optimizer', 'Activations', 'Logits'])
})

it('judges by the computer on a software adapter, by the need on a graphics card', () => {
  expect(memoryVerdict(GIB, true, 16 * GIB).title).toBe('Fits')
  expect(memoryVerdict(8 * GIB, true, 16 * GIB).title).toBe('Tight')
  expect(memoryVerdict(14 * GIB, true, 16 * GIB).title).toBe('Will not fit')
  expect(memoryVerdict(GIB, false, 16 * GIB).title).toBe('Fits')
  expect(memoryVerdict(5 * GIB, false, 16 * GIB)).toMatchObject({
    title: 'Tight',
    text: expect.stringContaining('6 GiB'),
  })
  expect(memoryVerdict(14 * GIB, false, 16 * GIB).title).toBe('Will not fit')
})

it('places the text among the three marks', () => {
  const budget = tokenBudget(2_000_000, 1_000_000)
  expect(budget.ratio).toBe(2)
  expect(budget.position).toBe(budget.ticks[1]?.position)
  expect(tokenBudget(1000, 1_000_000)).toMatchObject({ position: 0, text: expect.stringContaining('by heart') })
  expect(tokenBudget(0, 10).position).toBe(0)
  expect(tokenBudget(1e9, 1000).position).toBe(1)
})

it('starts at ln V', () => {
  expect(firstLoss(1024)).toBeCloseTo(6.931, 3)
})

const run = (patch: Partial<Run>): Run =>
  ({
    id: 'r1',
    name: 'calm-otter',
    kind: 'pretrain',
    config: tiny,
    tokensSeen: 100 * 8 * 128,
    elapsedMs: 10_000,
    backend: { kind: 'webgpu', adapter: 'swiftshader' },
    ...patch,
  }) as Run

it('takes the time from what was measured on the same adapter', () => {
  const plan = { steps: 200, batchSize: 8 }
  const same = timeEstimate(tiny, plan, [run({})], 'swiftshader')
  expect(same?.from).toBe('calm-otter')
  // Twice the steps of the run that took ten seconds.
  expect(same && Math.sqrt(same.low * same.high)).toBeCloseTo(20_000, 3)

  const small = { ...tiny, nLayer: 8 }
  const scaled = timeEstimate(small, plan, [run({})], 'swiftshader')
  const factor = trainStepFlops(small, 8, 128) / trainStepFlops(tiny, 8, 128)
  expect(scaled && Math.sqrt(scaled.low * scaled.high)).toBeCloseTo(20_000 * factor, 3)
})

it('invents no time', () => {
  const plan = { steps: 200, batchSize: 8 }
  expect(timeEstimate(tiny, plan, [], 'swiftshader')).toBeNull()
  expect(timeEstimate(tiny, plan, [run({})], 'apple metal-3')).toBeNull()
  expect(timeEstimate(tiny, plan, [run({ elapsedMs: 500 })], 'swiftshader')).toBeNull()
  const book = presetConfig('book', 1024)
  expect(parameterCount(book) / parameterCount(tiny)).toBeGreaterThan(10)
  expect(timeEstimate(book, plan, [run({})], 'swiftshader')).toBeNull()
})
