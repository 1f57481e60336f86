import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCpuNode } from '../../../../src-main/headless/cpu-node.ts'
import { quickToCompile } from '../../../../src-main/headless/testing/devices.ts'
import type { GptConfig } from '@shared/model/config.ts'
import type { Backend } from '../backend.ts'
import { relativeError } from '../catalogue/bench.ts'
import { openWebGpu } from '../webgpu/webgpu-backend.ts'
import { createSession } from './gpt.ts'
import { base, LM, optimizer, someBatch, someParams } from './testing/samples.ts'

const MIB = 2 ** 20
/** Embeddings of 1.4 MB: two windows of one MiB, the last of an odd number of rows. */
const tied: GptConfig = { ...base, nLayer: 1, vocabSize: 5003, nEmbd: 72, nHead: 6, nPositions: 16 }
const cases: [string, GptConfig][] = [
  ['tied', tied],
  ['an untied head', { ...tied, tieWordEmbeddings: false }],
]

async function run(backend: Backend, config: GptConfig) {
  const session = await createSession(backend, { config, head: LM, batchSize: 2, seqLen: 16, optimizer })
  const { params } = session.parts.gpt
  const isCut = ['wte', 'wpe'].map((name) => 'windows' in params.get(`transformer.${name}.weight`))
  const given = someParams(config, LM)
  session.setState({ params: given })
  const stored = await session.getState({ moments: false })
  const batch = someBatch(config, LM, 2, 16)
  const losses = [(await session.trainStep(batch, { learningRate: 1e-2, step: 1, seed: 3 })).loss]
  const grads = await session.getGradients()
  for (let step = 2; step <= 4; step++)
    losses.push((await session.trainStep(batch, { learningRate: 1e-2, step, seed: 3 })).loss)
  losses.push((await session.evaluate(batch)).loss)
  const logits = await session.decoder().feed([1, 5002, 2600])
  session.dispose()
  return { isCut, same: stored.params, given, losses, grads, logits }
}

describe('a model whose embeddings no binding holds', () => {
  let small: Backend
  let cpu: Backend
  beforeAll(async () => {
    small = await openWebGpu(quickToCompile, 1, MIB)
    cpu = await openCpuNode(2)
  })
  afterAll(() => {
    small.destroy()
    cpu.destroy()
  })

  it.each(cases)('is trained and asked like any other: %s', async (_, config) => {
    const cut = await run(small, config)
    const whole = await run(cpu, config)
    expect(cut.isCut).toEqual([true, false])
    expect(cut.same).toEqual(cut.given)
    for (const [name, grad] of whole.grads)
      expect(relativeError(cut.grads.get(name)!, grad, 1e-3), name).toBeLessThan(1e-4)
    expect(relativeError(cut.losses, whole.losses)).toBeLessThan(1e-4)
    expect(relativeError(cut.logits, whole.logits)).toBeLessThan(1e-3)
    expect(cut.losses.at(-1)).toBeLessThan(cut.losses[0]! / 5)
  })
})
