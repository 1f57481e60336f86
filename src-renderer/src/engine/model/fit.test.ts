import { expect, it } from 'vitest'
import { trainingMemory } from '@shared/model/memory.ts'
import type { Recompute } from '@shared/model/tensors.ts'
import { createFittingSession } from './fit.ts'
import { dryBackend } from './testing/dry-backend.ts'
import { base, LM, optimizer } from './testing/samples.ts'

const config = { ...base, vocabSize: 500, nPositions: 64, nEmbd: 64, nLayer: 4 }
const options = { config, head: LM, batchSize: 8, seqLen: 64, optimizer }
const need = (batchSize: number, recompute: Recompute) =>
  trainingMemory(config, LM, batchSize, 64, undefined, { recompute }).total

it('works out again no more than must be', async () => {
  for (const level of [0, 1, 2] as const) {
    const backend = dryBackend({ capacity: need(8, level) })
    const session = await createFittingSession(backend, options)
    expect(session.parts.gpt.shape).toMatchObject({ batch: 8, recompute: level })
    session.dispose()
    expect(backend.counters.bytes).toBe(0)
  }
})

it('where that is not enough, says which batches fit, having tried them', async () => {
  const backend = dryBackend({ capacity: (need(8, 2) + need(4, 2)) / 2 })
  const failing = createFittingSession(backend, { ...options, accumulate: 3 })
  await expect(failing).rejects.toMatchObject({
    code: 'out_of_memory',
    hint: expect.stringContaining('Batches of 4, 6 to a step'),
    details: { suggestedBatchSize: 4, suggestedAccumulation: 6 },
  })
  expect(backend.counters.bytes).toBe(0)
})

it('keeps a level that was chosen by hand, and says plainly where nothing fits', async () => {
  const tight = dryBackend({ capacity: need(8, 1) })
  await expect(createFittingSession(tight, { ...options, recompute: 0 })).rejects.toMatchObject({
    details: { suggestedBatchSize: 4 },
  })
  const failing = createFittingSession(dryBackend({ capacity: 1000 }), options)
  await expect(failing).rejects.toMatchObject({ code: 'out_of_memory' })
  await expect(failing).rejects.not.toHaveProperty('details.suggestedBatchSize')
})

it('does not try what the processor cannot address', async () => {
  const cpu = { ...dryBackend(), info: { kind: 'cpu', adapter: 'none', fallback: false, threads: 2 } as const }
  const vast = { ...config, vocabSize: 50_257, nEmbd: 4096, nHead: 32 }
  await expect(createFittingSession(cpu, { ...options, config: vast })).rejects.toThrow('this device has 4,096 MiB')
})
