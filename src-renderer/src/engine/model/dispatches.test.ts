import { expect, it } from 'vitest'
import { presetConfig } from '@shared/model/presets.ts'
import type { Recompute } from '@shared/model/tensors.ts'
import { createSession } from './gpt.ts'
import { dryBackend } from './testing/dry-backend.ts'
import { LM, optimizer } from './testing/samples.ts'

it('takes few dispatches for a step of GPT-2, working activations out again or not', async () => {
  const config = { ...presetConfig('book', 50_257), nPositions: 1024, qkvBias: true, dropout: 0 }
  const count = async (recompute: Recompute) => {
    const options = { config, head: LM, batchSize: 4, seqLen: 1024, optimizer, recompute }
    const session = await createSession(dryBackend(), options)
    return session.parts.training!.first.dispatches
  }
  const counts = [await count(0), await count(1), await count(2)]
  expect(counts[0]).toBeLessThanOrEqual(350)
  expect(counts[1]).toBeLessThanOrEqual(390)
  expect(counts[2]).toBeLessThanOrEqual(430)
})
