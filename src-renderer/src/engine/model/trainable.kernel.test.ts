import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, casesOn } from '../../../../src-main/headless/testing/devices.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import { hardwareOf } from '@shared/model/hardware.ts'
import { blockAdapters, LORA_LAYERS, mergeAdapters, type LoraLayer, type LoraOptions } from '@shared/model/lora.ts'
import { trainingMemory } from '@shared/model/memory.ts'
import type { Recompute } from '@shared/model/tensors.ts'
import {
  trainableTable,
  trainAdapters,
  trainAll,
  trainLastBlocks,
  trains,
  type Trainable,
} from '@shared/model/trainable.ts'
import type { Backend } from '../backend.ts'
import { relativeError } from '../catalogue/bench.ts'
import { createSession } from './gpt.ts'
import { gptReference, type ReferencePass } from './gpt.reference.ts'
import type { Batch, SessionOptions, TensorMap } from './session.ts'
import { base, CLASSES, LM, odd, optimizer, someBatch, someParams } from './testing/samples.ts'

const shape = { batchSize: 3, seqLen: 7 }
const nothing: Trainable = { ...trainAll({ nLayer: 0 }), embeddings: false, finalNorm: false, head: false }
const adapters = (layers: readonly LoraLayer[], rank = 4): LoraOptions => ({ rank, alpha: 6, layers })

/** The float64 model with its adapters merged; W' = W + s (B A)^T makes dB = s dW'^T A^T and dA = s B^T dW'^T. */
function reference(
  config: GptConfig,
  head: Head,
  trainable: Trainable,
  params: TensorMap,
  batch: Batch,
): ReferencePass {
  const { lora } = trainable
  const merged = lora ? mergeAdapters(config, lora, params) : params
  const pass = gptReference({ config, head, ...shape }, merged, batch)
  if (!lora) return pass
  const { rank } = lora
  for (let i = 0; i < config.nLayer; i++) {
    for (const { linear, a, b, inputs, outputs, offset } of blockAdapters(config, lora)) {
      const dW = pass.grads.get(`transformer.h.${i}.${linear}.weight`)!
      const [A, B] = [params.get(`transformer.h.${i}.${a}`)!, params.get(`transformer.h.${i}.${b}`)!]
      const [dA, dB] = [new Float64Array(A.length), new Float64Array(B.length)]
      const columns = dW.length / inputs
      for (let r = 0; r < rank; r++) {
        for (let x = 0; x < inputs; x++) {
          for (let y = 0; y < outputs; y++) {
            const d = (lora.alpha / rank) * dW[x * columns + offset + y]!
            dA[r * inputs + x]! += d * B[y * rank + r]!
            dB[y * rank + r]! += d * A[r * inputs + x]!
          }
        }
      }
      pass.grads.set(`transformer.h.${i}.${a}`, dA).set(`transformer.h.${i}.${b}`, dB)
    }
  }
  return pass
}

const three: GptConfig = { ...base, nLayer: 3 }
const untied: GptConfig = { ...base, tieWordEmbeddings: false }
const cases: [string, GptConfig, Head, Trainable][] = [
  ...LORA_LAYERS.map((layer): [string, GptConfig, Head, Trainable] => [
    `LoRA on ${layer}`,
    base,
    LM,
    trainAdapters(adapters([layer]), LM),
  ]),
  ['LoRA on everything', base, LM, trainAdapters(adapters(LORA_LAYERS), LM)],
  ['LoRA on everything, odd sizes, rank 3', odd, LM, trainAdapters(adapters(LORA_LAYERS, 3), LM)],
  ['LoRA of rank 1', base, LM, trainAdapters(adapters(['attn.c_attn.v', 'mlp.c_proj'], 1), LM)],
  ['LoRA and the scores of a classifier', base, CLASSES, trainAdapters(adapters(['attn.c_attn.q']), CLASSES)],
  ['LoRA with all else', base, LM, { ...trainAll(base), lora: adapters(['mlp.c_fc']) }],
  ['the last block of a classifier', three, CLASSES, trainLastBlocks(three, 1)],
  ['the last two blocks', { ...three, tieWordEmbeddings: false }, LM, trainLastBlocks(three, 2)],
  ['a block in the middle', three, LM, { ...nothing, blocks: [1] }],
  ['the head of a classifier', base, CLASSES, { ...nothing, head: true }],
  ['an untied head', untied, LM, { ...nothing, head: true }],
  ['a tied head', base, LM, { ...nothing, head: true }],
  ['the last norm', base, LM, { ...nothing, finalNorm: true }],
  ['the embeddings', untied, LM, { ...nothing, embeddings: true }],
]

describe.each(BACKENDS)('what trains, %s', (name, openDevice) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await openDevice()
  })
  afterAll(() => backend.destroy())
  const open = (config: GptConfig, head: Head, more: Partial<SessionOptions>) =>
    createSession(backend, { config, head, ...shape, optimizer, ...more })

  it.each(cases)('%s', async (_name, config, head, trainable) => {
    const params = someParams(config, head, trainable)
    const batch = someBatch(config, head, shape.batchSize, shape.seqLen)
    const want = reference(config, head, trainable, params, batch)
    const session = await open(config, head, { trainable })
    session.setState({ params })
    const { loss } = await session.evaluate(batch)
    expect(Math.abs(loss - want.loss)).toBeLessThan(5e-6 * want.loss)

    const step = await session.trainStep(batch, { learningRate: 1e-2, step: 1, seed: 1 })
    expect(Math.abs(step.loss - want.loss)).toBeLessThan(5e-6 * want.loss)
    const grads = await session.getGradients()
    const names = trainableTable(config, head, trainable).filter((spec) => spec.trains)
    expect([...grads.keys()]).toEqual(names.map(({ name }) => name))
    const largest = Math.max(...names.flatMap(({ name }) => [...want.grads.get(name)!].map(Math.abs)))
    let squares = 0
    for (const { name } of names) {
      const grad = want.grads.get(name)!
      expect(relativeError(grads.get(name)!, grad, 1e-3 * largest), name).toBeLessThan(2e-5)
      squares += grad.reduce((sum, v) => sum + v * v, 0)
    }
    expect(Math.abs(step.gradNorm / Math.sqrt(squares) - 1)).toBeLessThan(1e-5)

    // The step moved what trains, and nothing else by a bit.
    const after = await session.getState({ moments: true })
    for (const [name, values] of params) {
      const same = after.params.get(name)!.every((v, i) => v === values[i])
      expect(same, name).toBe(!trains(name, trainable, config, head))
    }
    expect([...after.m!.keys()]).toEqual([...grads.keys()])
    const hardware = hardwareOf(backend.info)
    const estimate = trainingMemory(config, head, shape.batchSize, shape.seqLen, trainable, { hardware })
    const { grads: g, moments: m, params: p } = session.memory
    expect(m).toBe(2 * g)
    expect(g).toBe(estimate.grads)
    expect(p).toBe(estimate.params)
    session.dispose()
  })

  it('does no more work than it must', async () => {
    const dispatches = async (trainable: Trainable) => {
      const session = await open(three, CLASSES, { trainable, batchSize: 5 })
      session.setState({ params: someParams(three, CLASSES, trainable) })
      const before = backend.counters.dispatches
      await session.trainStep(someBatch(three, CLASSES, 5, 7), { learningRate: 0, step: 1, seed: 1 })
      const { activations } = session.memory
      session.dispose()
      return { activations, dispatches: backend.counters.dispatches - before }
    }
    const all = await dispatches(trainAll(three))
    const lastTwo = await dispatches(trainLastBlocks(three, 2))
    const last = await dispatches(trainLastBlocks(three, 1))
    const head = await dispatches({ ...nothing, head: true })
    const order = [all, lastTwo, last, head]
    expect(order.map((o) => o.dispatches)).toEqual(order.map((o) => o.dispatches).sort((a, b) => b - a))
    expect(new Set(order.map((o) => o.dispatches)).size).toBe(4)
    expect(new Set(order.map((o) => o.activations)).size).toBe(4)
    expect(order.map((o) => o.activations)).toEqual(order.map((o) => o.activations).sort((a, b) => b - a))
  })

  it('needs the memory that was planned: to the byte for tensors, within 2 % with programs', async () => {
    const config = { ...base, nEmbd: 72, nHead: 6, nLayer: 4, vocabSize: 1030, nPositions: 64, dropout: 0.1 }
    const lora = adapters(['attn.c_attn.q', 'attn.c_attn.v', 'mlp.c_proj'], 8)
    const hardware = hardwareOf(backend.info)
    const cases: [Head, Trainable, Recompute, number][] = [
      [LM, trainAll(config), 1, 2],
      [CLASSES, trainAll(config), 2, 1],
      [LM, trainAdapters(lora, LM), 0, 1],
    ]
    for (const [head, trainable, recompute, accumulate] of casesOn(name, cases)) {
      const before = backend.counters.bytes
      const session = await open(config, head, { trainable, batchSize: 16, seqLen: 64, recompute, accumulate })
      const { activations, grads, moments, params } = session.memory
      const plan = trainingMemory(config, head, 16, 64, trainable, { recompute, accumulate, hardware })
      expect({ activations, grads, moments, params }).toEqual({
        activations: plan.activations,
        grads: plan.grads,
        moments: plan.moments,
        params: plan.params,
      })
      const held = backend.counters.bytes - before
      expect(Math.abs(held / plan.total - 1)).toBeLessThan(0.02)
      session.dispose()
    }
  })

  it('decodes with adapters as with the merged model', async () => {
    const lora = adapters(LORA_LAYERS, 3)
    const trainable = trainAdapters(lora, LM)
    const params = someParams(base, LM, trainable)
    const session = await open(base, LM, { trainable, optimizer: null })
    session.setState({ params })
    const merged = await open(base, LM, { optimizer: null })
    merged.setState({ params: mergeAdapters(base, lora, params) })
    const [one, other] = [session.decoder(), merged.decoder()]
    for (const ids of [[1, 2, 3, 4, 5], [6], [7, 8]]) {
      expect(relativeError(await one.feed(ids), await other.feed(ids))).toBeLessThan(5e-6)
    }
    session.dispose()
    merged.dispose()
  })

  it('has the gradient that its own loss has, dropout included', async () => {
    const config = { ...base, dropout: 0.2 }
    const trainable = trainAdapters(adapters(LORA_LAYERS), LM)
    const params = someParams(config, LM, trainable)
    const session = await open(config, LM, { trainable })
    const at = (values: TensorMap) => {
      session.setState({ params: values })
      return session.trainStep(someBatch(config, LM, 3, 7), { learningRate: 0, step: 3, seed: 2 })
    }
    const { gradNorm } = await at(params)
    const grads = await session.getGradients()
    const moved = (h: number) =>
      new Map([...params].map(([name, p]) => [name, p.map((v, i) => v + (h * (grads.get(name)?.[i] ?? 0)) / gradNorm)]))
    const h = 2.5e-3
    const slope = ((await at(moved(h))).loss - (await at(moved(-h))).loss) / (2 * h)
    expect(Math.abs(slope / gradNorm - 1)).toBeLessThan(5e-3)
    session.dispose()
  })

  it('refuses what makes no sense', async () => {
    await expect(open(base, LM, { trainable: nothing })).rejects.toThrow('Nothing of the model would train')
    const lora = trainAdapters({ rank: 0, alpha: 1, layers: ['mlp.c_fc'] }, LM)
    await expect(open(base, LM, { trainable: lora })).rejects.toThrow('rank 0')
    await expect(open(base, LM, { trainable: { ...nothing, blocks: [2] } })).rejects.toThrow('Nothing')
    await expect(open(base, LM, { trainable: { ...nothing, blocks: [-1] } })).rejects.toThrow('negative index')
    await expect(open(base, LM, { accumulate: 0 })).rejects.toThrow('0 micro-batches')
  })
})
