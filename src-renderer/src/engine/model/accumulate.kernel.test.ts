import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, casesOn } from '../../../../src-main/headless/testing/devices.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import { trainAdapters, trainAll, trainLastBlocks, type Trainable } from '@shared/model/trainable.ts'
import type { Backend } from '../backend.ts'
import { relativeError } from '../catalogue/bench.ts'
import { createSession } from './gpt.ts'
import type { Batch, SessionOptions } from './session.ts'
import { base, CLASSES, LM, odd, optimizer, someBatch, someParams } from './testing/samples.ts'

const T = 7
const untied: GptConfig = { ...base, tieWordEmbeddings: false, qkvBias: false }
const lora = { rank: 3, alpha: 6, layers: ['attn.c_attn.q', 'mlp.c_fc', 'mlp.c_proj'] as const }
const cases: [string, GptConfig, Head, Trainable][] = [
  ['tied', base, LM, trainAll(base)],
  ['untied', untied, LM, trainAll(untied)],
  ['odd sizes', odd, LM, trainAll(odd)],
  ['adapters', base, LM, trainAdapters(lora, LM)],
  ['a classifier’s last block', base, CLASSES, trainLastBlocks(base, 1)],
]

/** Rows `from` .. `to` of a batch. */
function part(batch: Batch, from: number, to: number): Batch {
  const inputIds = batch.inputIds.slice(from * T, to * T)
  if ('lastIndex' in batch) {
    return { inputIds, labels: batch.labels.slice(from, to), lastIndex: batch.lastIndex.slice(from, to) }
  }
  return { inputIds, labels: batch.labels.slice(from * T, to * T) }
}

describe.each(BACKENDS)('gradient accumulation, %s', (name, openDevice) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await openDevice()
  })
  afterAll(() => backend.destroy())
  const open = (options: Partial<SessionOptions>) =>
    createSession(backend, { config: base, head: LM, batchSize: 6, seqLen: T, optimizer, ...options })

  it.each(casesOn(name, cases))('takes the steps of one large batch: %s', async (_name, config, head, trainable) => {
    // Labels that count are spread unevenly: the last two rows have none, so a mean of means would differ.
    const batch = someBatch(config, head, 6, T, (r) =>
      r % 4 === 1 || r >= (head.kind === 'lm' ? 4 * T : 4) ? -100 : r,
    )
    const run = async (parts: number) => {
      const session = await open({ config, head, trainable, batchSize: 6 / parts, accumulate: parts })
      session.setState({ params: someParams(config, head, trainable) })
      const micro = Array.from({ length: parts }, (_x, i) => part(batch, (i * 6) / parts, ((i + 1) * 6) / parts))
      const results = []
      for (let step = 1; step <= 3; step++) {
        results.push(await session.trainStep(micro, { learningRate: 1e-3, step, seed: 1 }))
        // A look at the validation part between steps leaves no trace.
        await session.evaluate(micro[0]!)
      }
      const out = { results, grads: await session.getGradients(), memory: session.memory }
      session.dispose()
      return out
    }
    const whole = await run(1)
    const largest = Math.max(...[...whole.grads.values()].flatMap((g) => [...g].map(Math.abs)))
    for (const parts of [2, 6]) {
      const got = await run(parts)
      whole.results.forEach((want, i) => {
        expect(Math.abs(got.results[i]!.loss / want.loss - 1)).toBeLessThan(2e-5)
        expect(Math.abs(got.results[i]!.gradNorm / want.gradNorm - 1)).toBeLessThan(1e-3)
      })
      for (const [name, grad] of whole.grads)
        expect(relativeError(got.grads.get(name)!, grad, 1e-3 * largest), name).toBeLessThan(2e-3)
      expect(got.memory.activations).toBeLessThan(whole.memory.activations)
      expect(got.memory).toMatchObject({ grads: whole.memory.grads, moments: whole.memory.moments })
    }
  })

  it('has exact gradients in the first step, drops anew in every micro-batch, and takes the right number of them', async () => {
    const [batch, params] = [someBatch(base, LM, 4, T), someParams(base, LM)]
    const step = { learningRate: 0, step: 1, seed: 1 }
    const [one, two] = [await open({ batchSize: 4 }), await open({ batchSize: 2, accumulate: 2 })]
    for (const session of [one, two]) session.setState({ params })
    const halves = [part(batch, 0, 2), part(batch, 2, 4)]
    expect((await two.trainStep(halves, step)).gradNorm).toBeCloseTo((await one.trainStep(batch, step)).gradNorm, 5)
    const grads = await two.getGradients()
    for (const [name, grad] of await one.getGradients())
      expect(relativeError(grads.get(name)!, grad, 1e-3), name).toBeLessThan(1e-5)
    expect(await two.trainStep(halves, step)).toEqual(await two.trainStep(halves, step))
    await expect(two.trainStep(batch, step)).rejects.toThrow('takes 2 micro-batches, not 1')
    one.dispose()
    two.dispose()

    const config = { ...base, dropout: 0.3 }
    const dropping = await open({ config, batchSize: 2, accumulate: 2 })
    dropping.setState({ params })
    const twice = await dropping.trainStep([halves[0]!, halves[0]!], step)
    dropping.dispose()
    const once = await open({ config, batchSize: 2 })
    once.setState({ params })
    expect((await once.trainStep(halves[0]!, step)).loss).not.toBe(twice.loss)
    once.dispose()
  })
})
