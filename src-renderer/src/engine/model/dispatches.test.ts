import { expect, it } from 'vitest'
import { presetConfig } from '@shared/model/presets.ts'
import type { Recompute } from '@shared/model/tensors.ts'
import { tuningFor } from '../webgpu/tuning.ts'
import { TOLERANCE, type TimedCall } from '../webgpu/cut.ts'
import { createSession } from './gpt.ts'
import { dryBackend } from './testing/dry-backend.ts'
import { LM, optimizer } from './testing/samples.ts'

const config = { ...presetConfig('book', 50_257), nPositions: 1024, qkvBias: true, dropout: 0 }
const options = { config, head: LM, batchSize: 4, seqLen: 1024, optimizer }

it('takes few dispatches for a step of GPT-2, working activations out again or not', async () => {
  const count = async (recompute: Recompute) => {
    const session = await createSession(dryBackend({ gflops: 2000 }), { ...options, recompute })
    return session.parts.training!.first.dispatches
  }
  const counts = [await count(0), await count(1), await count(2)]
  expect(counts[0]).toBeLessThanOrEqual(350)
  expect(counts[1]).toBeLessThanOrEqual(390)
  expect(counts[2]).toBeLessThanOrEqual(430)
})

it.each([
  ['a graphics card', { gflops: 2000 }],
  ['one much slower than others', { gflops: 20 }],
  ['one that was not timed', {}],
  ['a software adapter', { fallback: true }],
])('keeps the display waiting for about as long as a submit may, on %s', async (_name, device) => {
  const long = new Set<string>()
  const onDispatch = ({ call, ms }: TimedCall) => {
    if (ms > TOLERANCE * tuningFor(false).sliceMs) long.add(`${call.name} ${ms}`)
  }
  await createSession(dryBackend({ ...device, onDispatch }), options)
  expect([...long]).toEqual([])
})
