import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, casesOn } from '../../../../src-main/headless/testing/devices.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import { LORA_LAYERS } from '@shared/model/lora.ts'
import { trainAdapters, trainAll, trainLastBlocks, type Trainable } from '@shared/model/trainable.ts'
import type { Backend } from '../backend.ts'
import { cutFinely } from '../catalogue/cut-finely.ts'
import { createSession } from './gpt.ts'
import type { Recompute } from '@shared/model/tensors.ts'
import { base, CLASSES, LM, optimizer, someBatch, someParams } from './testing/samples.ts'

const dropping: GptConfig = { ...base, nLayer: 3, dropout: 0.2 }
const odd: GptConfig = { ...base, nLayer: 3, nEmbd: 15, nHead: 3, tieWordEmbeddings: false, qkvBias: false }
const everywhere = { rank: 3, alpha: 6, layers: LORA_LAYERS }
const cases: [string, GptConfig, Head, Trainable, number][] = [
  ['dropout, two micro-batches', dropping, LM, trainAll(dropping), 2],
  ['odd sizes', odd, LM, trainAll(odd), 1],
  ['adapters everywhere, dropout', dropping, LM, trainAdapters(everywhere, LM), 1],
  ['an adapter on v alone', odd, LM, trainAdapters({ ...everywhere, layers: ['attn.c_attn.v'] }, LM), 2],
  ['a classifier’s last two blocks', dropping, CLASSES, trainLastBlocks(dropping, 2), 1],
]

describe.each(BACKENDS)('recomputation, %s', (name, openDevice) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await openDevice()
  })
  afterAll(() => backend.destroy())

  it.each(casesOn(name, cases))(
    'changes not one bit, in less memory, and neither do dispatches that are cut: %s',
    async (_name, config, head, trainable, accumulate) => {
      const run = async (recompute: Recompute) => {
        const shape = { batchSize: 3, seqLen: 7, accumulate }
        const session = await createSession(backend, { config, head, optimizer, trainable, recompute, ...shape })
        session.setState({ params: someParams(config, head, trainable) })
        const batches = Array.from({ length: accumulate }, () => someBatch(config, head, 3, 7))
        const results = []
        for (let step = 1; step <= 2; step++) {
          results.push(await session.trainStep(batches, { learningRate: 1e-2, step, seed: 5 }))
          results.push(await session.evaluate(batches[0]!))
        }
        const grads = await session.getGradients()
        const state = await session.getState({ moments: true })
        const { activations } = session.memory
        session.dispose()
        return { numbers: { results, grads, state }, activations, dispatches: session.parts.training!.first.dispatches }
      }
      const all = await run(0)
      expect(all.numbers.results.every(({ loss }) => loss > 0)).toBe(true)
      const some = await run(1)
      const inputs = await run(2)
      expect(some.numbers).toEqual(all.numbers)
      expect(inputs.numbers).toEqual(all.numbers)
      expect(some.activations).toBeLessThan(all.activations)
      expect(inputs.activations).toBeLessThan(some.activations)
      await cutFinely(backend, async () => {
        const cut = await run(0)
        expect(cut.numbers).toEqual(all.numbers)
        expect(cut.dispatches).toBeGreaterThan(2 * all.dispatches)
      })
    },
  )
})
