import { expect, it } from 'vitest'
import type { Hardware } from '@shared/model/hardware.ts'
import { fitMemory, memoryBudget } from '@shared/model/memory-fit.ts'
import { trainingMemory } from '@shared/model/memory.ts'
import { presetConfig } from '@shared/model/presets.ts'
import { firstLoss, fittingLayers, memoryParts, memoryVerdict, stepText, tokenBudget } from './modelPlan.ts'

const GIB = 1024 ** 3
const tiny = { ...presetConfig('tiny', 1024), nPositions: 128 }

it('divides the memory into parts that make the whole', () => {
  const parts = memoryParts(trainingMemory(tiny, { kind: 'lm' }, 8, 128))
  expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
  expect(parts.map(({ name }) => name)).toEqual(['Weights', 'Gradients', 'Optimizer', 'Activations', 'Logits', 'Other'])
})

const book = presetConfig('book', 50_257)
function verdictOf(kind: Hardware['kind'], batchSize: number, system: number, config = book) {
  const hardware = { kind, threads: 2 }
  const fit = fitMemory({ config, seqLen: 256, batchSize }, hardware, memoryBudget(hardware, system))
  return { fit, ...memoryVerdict(fit, hardware, system) }
}

it('judges by the computer without a card, by the need on a graphics card', () => {
  for (const kind of ['software', 'cpu'] as const) {
    expect(verdictOf(kind, 1, 16 * GIB).title).toBe('Fits')
    expect(verdictOf(kind, 1, 4 * GIB).title).toBe('Tight')
    expect(verdictOf(kind, 1, 2 * GIB).title).toBe('Will not fit')
  }
  expect(verdictOf('gpu', 1, 16 * GIB).title).toBe('Fits')
  const wide = verdictOf('gpu', 64, 64 * GIB)
  expect(wide.fit.memory.total / GIB).toBeGreaterThan(9)
  const need = Math.ceil((1.2 * wide.fit.memory.total) / GIB)
  expect(wide).toMatchObject({ title: 'Tight', text: expect.stringContaining(`${need} GiB`) })
})

it('judges what is left once batches are smaller, and says what a step is made of', () => {
  const { fit, title } = verdictOf('gpu', 64, 10 * GIB)
  expect(title).toBe('Tight')
  expect(fit).toMatchObject({ batchSize: 32, accumulation: 2, recompute: 0 })
  const rest = 'nothing is worked out again on the way back.'
  expect(stepText(fit, 'f32')).toBe(`A step takes 2 batches of 32 in 32-bit floats; ${rest}`)
  expect(stepText(fit, 'mixed')).toBe(
    `A step takes 2 batches of 32 in mixed precision (16-bit and 32-bit floats); ${rest}`,
  )
})

it('refuses what the processor cannot address, however much memory there is', () => {
  const verdict = verdictOf('cpu', 64, 128 * GIB, { ...book, nEmbd: 1536 })
  expect(verdict).toMatchObject({
    tone: 'danger',
    title: 'Will not fit',
    text: expect.stringMatching(/4.0.GiB at most/),
  })
})

it('finds the most layers that the processor can address', () => {
  const large = { ...book, nLayer: 48 }
  const fits = (config: typeof book) => verdictOf('cpu', 1, 128 * GIB, config).tone !== 'danger'
  const layers = fittingLayers(large, fits)!
  expect(fits({ ...large, nLayer: layers })).toBe(true)
  expect(fits({ ...large, nLayer: layers + 1 })).toBe(false)
  expect(fittingLayers(large, () => false)).toBeNull()
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
