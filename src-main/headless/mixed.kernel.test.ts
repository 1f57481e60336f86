import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSafetensors, toFloat32 } from '@shared/formats/safetensors.ts'
import { trainingMemory } from '@shared/model/memory.ts'
import { packTensors, WEBGPU_LAYOUT } from '@shared/model/layout.ts'
import { LORA_LAYERS } from '@shared/model/lora.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import { trainAdapters, trainAll } from '@shared/model/trainable.ts'
import type { Backend } from '@engine/backend.ts'
import { createSession } from '@engine/model/gpt.ts'
import type { LmBatch, SessionOptions } from '@engine/model/session.ts'
import { PLAIN } from '@engine/webgpu/tuning.ts'
import { base, LM, optimizer, someBatch, someParams } from '@engine/model/testing/samples.ts'
import { openCpuNode } from './cpu-node.ts'
import { readFixture } from './parity-fixture.ts'
import { openFloat16, whyNoFloat16, type Float16Backend } from './testing/deno/deno.ts'

const FIXTURES = join(import.meta.dirname, '../../src-renderer/src/engine/model/fixtures')

/** Root mean square of differences, over that of what should have been. */
class Distance {
  private squares = 0
  private size = 0

  /** Of `want` less `origin`, where `mask` is not 0. */
  add(got: Float32Array, want: Float32Array, origin?: Float32Array, mask?: Uint8Array): this {
    want.forEach((wanted, i) => {
      if (mask?.[i] === 0) return
      this.squares += (got[i]! - wanted) ** 2
      this.size += (wanted - (origin?.[i] ?? 0)) ** 2
    })
    return this
  }

  get value(): number {
    return Math.sqrt(this.squares / this.size)
  }
}

it.each([['the processor', () => openCpuNode(1, 'single'), 'the processor computes in 32-bit floats only']])(
  'is refused on %s',
  async (_name, openDevice, words) => {
    const backend = await openDevice()
    const options = { config: base, head: LM, batchSize: 1, seqLen: 4, optimizer, precision: 'mixed' } as const
    await expect(createSession(backend, options)).rejects.toThrow(words)
    backend.destroy()
  },
)

describe.skipIf(whyNoFloat16())('mixed precision', () => {
  let backend: Float16Backend
  /** For what 32-bit floats give. */
  let cpu: Backend
  beforeAll(async () => {
    // Embeddings larger than that are cut; nothing else here is so large.
    backend = await openFloat16(undefined, 2 ** 20)
    cpu = await openCpuNode(1, 'single')
  })
  afterAll(() => {
    backend.destroy()
    cpu.destroy()
  })
  const open = (options: Partial<SessionOptions> = {}, device: Backend = backend) =>
    createSession(device, {
      ...{ config: base, head: LM, batchSize: 3, seqLen: 7, optimizer, precision: 'mixed' },
      ...options,
    })

  it.each(['odd_untied', 'padded_classes', 'lora_layers'])('stays near PyTorch: %s', async (name) => {
    const fixture = readFixture(join(FIXTURES, name))
    const read = (stem: string) => readSafetensors(readFileSync(join(FIXTURES, name, `${stem}.safetensors`))).tensors
    const { config, head, batchSize, seqLen, adapter } = fixture
    const trainable = adapter ? trainAdapters(adapter.lora, head) : trainAll(config)
    const session = await open({ config, head, batchSize, seqLen, optimizer: fixture.optimizer, trainable })
    session.setState({ params: fixture.params })
    const step = (i: number) =>
      session.trainStep(fixture.batches[i]!, { learningRate: fixture.learningRates[i]!, step: i + 1, seed: 0 })
    const { loss } = await step(0)
    const wanted = toFloat32(read('forward').get('loss')!)[0]!
    expect(Math.abs(loss / wanted - 1)).toBeLessThan(2 ** -11)
    const grads = await session.getGradients()
    for (const [tensor, want] of read('grads')) {
      const { value } = new Distance().add(grads.get(tensor)!, toFloat32(want))
      expect(value, tensor).toBeLessThan(2 ** -8)
    }
    await step(1)
    await step(2)
    const { params } = await session.getState({ moments: false, trainedOnly: true })
    const conditioned = read('conditioned')
    const moved = new Distance()
    for (const [tensor, want] of read('after_003')) {
      const mask = Uint8Array.from(conditioned.get(tensor)!.data)
      moved.add(params.get(tensor)!, toFloat32(want), fixture.params.get(tensor)!, mask)
    }
    // Adam makes a whole step of a small gradient, and much of its rounding.
    expect(moved.value).toBeLessThan(2 ** -5)
    session.dispose()
  })

  it('goes on after a scale that is too large, as if it had begun with the one that is not', async () => {
    const session = await open()
    const params = someParams(base, LM)
    const batch = someBatch(base, LM, 3, 7)
    const step = { learningRate: 1e-3, step: 1, seed: 1 }
    session.setState({ params, lossScale: { scale: 2 ** 22, cleanSteps: 5, skipped: 7 } })
    const name = 'transformer.h.0.mlp.c_fc.weight'
    const scales: number[] = []
    let last = await session.trainStep(batch, step)
    for (; !Number.isFinite(last.gradNorm) && scales.length < 20; last = await session.trainStep(batch, step)) {
      scales.push(last.lossScale!)
      expect(await backend.read(session.parts.gpt.params.get(name))).toEqual(params.get(name))
    }
    expect(scales.length).toBeGreaterThan(1)
    expect(scales).toEqual(scales.map((_, i) => 2 ** (22 - i)))
    const after = await session.getState({ moments: true })
    const scale = last.lossScale!
    expect(after.lossScale).toEqual({ scale, cleanSteps: 1, skipped: 7 + scales.length })
    session.setState({ params, lossScale: { scale, cleanSteps: 0, skipped: 0 } })
    expect(await session.trainStep(batch, step)).toEqual(last)
    // The next step repeats, too, from what was kept.
    const next = await session.trainStep(batch, { ...step, step: 2 })
    session.setState(after)
    expect(await session.trainStep(batch, { ...step, step: 2 })).toEqual(next)
    session.dispose()
  })

  it('takes the memory that the plan says, less than 32-bit floats for activations', async () => {
    const planned = (precision: 'f32' | 'mixed') => trainingMemory(base, LM, 3, 7, trainAll(base), { precision })
    const { params, grads, moments, activations } = planned('mixed')
    const session = await open()
    expect(session.memory).toMatchObject({ params, grads, moments, activations })
    expect(activations).toBeLessThan(0.7 * planned('f32').activations)
    session.dispose()
  })

  it.each([
    ['everything', trainAll(base)],
    ['adapters', trainAdapters({ rank: 3, alpha: 6, layers: LORA_LAYERS }, LM)],
  ])('works the backward pass out again with the same numbers, in micro-batches: %s', async (_name, trainable) => {
    const params = someParams(base, LM, trainable)
    const batches = [0, 1].map((seed) => someBatch(base, LM, 3, 7, (r) => r * 5 + seed))
    const train = async (options: Partial<SessionOptions>, device?: Backend) => {
      const session = await open({ accumulate: 2, trainable, ...options }, device)
      session.setState({ params })
      const result = await session.trainStep(batches, { learningRate: 1e-3, step: 1, seed: 1 })
      const [grads, state] = [await session.getGradients(), await session.getState({ moments: true })]
      const { activations } = session.memory
      session.dispose()
      return { numbers: { result, grads, state }, activations }
    }
    const kept = await train({ recompute: 0 })
    let { activations } = kept
    for (const recompute of [1, 2] as const) {
      const again = await train({ recompute })
      expect(again.numbers).toEqual(kept.numbers)
      expect(again.activations).toBeLessThan(activations)
      activations = again.activations
    }
    const { result, grads } = (await train({ precision: 'f32' }, cpu)).numbers
    expect(Math.abs(kept.numbers.result.loss / result.loss - 1)).toBeLessThan(2 ** -10)
    expect(Math.abs(kept.numbers.result.gradNorm / result.gradNorm - 1)).toBeLessThan(2 ** -8)
    for (const [name, want] of grads)
      expect(new Distance().add(kept.numbers.grads.get(name)!, want).value, name).toBeLessThan(2 ** -7)
  })

  it.each([
    ['tied', true],
    ['an untied head', false],
  ])('trains embeddings that no binding holds: %s', async (_name, tieWordEmbeddings) => {
    const config = { ...base, vocabSize: 12_001, tieWordEmbeddings }
    const { places } = packTensors(parameterTable(config, LM), WEBGPU_LAYOUT, backend.info.largestBinding!)
    expect(places.get('transformer.wte.weight')).toHaveLength(2)
    const params = someParams(config, LM)
    const batch = someBatch(config, LM, 3, 7, (r) => r * 997)
    const train = async (device: Backend, precision: 'f32' | 'mixed') => {
      const session = await open({ config, precision, recompute: 2 }, device)
      session.setState({ params })
      const losses = [(await session.trainStep(batch, { learningRate: 1e-2, step: 1, seed: 3 })).loss]
      const grads = await session.getGradients()
      losses.push((await session.evaluate(batch)).loss)
      session.dispose()
      return { losses, grads }
    }
    const [mixed, full] = [await train(backend, 'mixed'), await train(cpu, 'f32')]
    mixed.losses.forEach((loss, i) => expect(Math.abs(loss / full.losses[i]! - 1)).toBeLessThan(2 ** -9))
    for (const [name, want] of full.grads)
      expect(new Distance().add(mixed.grads.get(name)!, want).value, name).toBeLessThan(2 ** -7)
  })

  it('has kernels that pass their check', async () => {
    expect(await backend.check(PLAIN)).toMatchObject({
      variant: expect.stringContaining('16-bit floats'),
      passed: true,
      maxError: expect.any(Number),
    })
  })

  it('ends 200 steps with the loss of 32-bit floats', async () => {
    const config = { ...base, nPositions: 8, nEmbd: 32, nLayer: 1, vocabSize: 29 }
    const [batchSize, seqLen] = [8, 8]
    const train = async (device: Backend, precision: 'f32' | 'mixed') => {
      const session = await open({ config, batchSize, seqLen, precision }, device)
      session.setState({ params: someParams(config, LM) })
      const steps: Promise<{ loss: number }>[] = []
      for (let step = 1; step <= 200; step++) {
        steps.push(
          session.trainStep(walks(step, config.vocabSize, batchSize, seqLen), { learningRate: 3e-3, step, seed: 1 }),
        )
        await steps.at(-2)
      }
      const losses = (await Promise.all(steps)).map(({ loss }) => loss)
      session.dispose()
      return losses
    }
    const [full, mixed] = [await train(cpu, 'f32'), await train(backend, 'mixed')]
    expect(full.at(-1)!).toBeLessThan(full[0]! / 3)
    const gap = (i: number) => Math.abs(mixed.at(i)! / full.at(i)! - 1)
    expect(gap(-1)).toBeLessThan(0.005)
    expect(Math.max(...full.map((_, i) => gap(i)))).toBeLessThan(0.01)
  })
})

/** Every token follows from the one before, in one of two ways: there is something to learn, and something that can't be. */
function walks(step: number, vocabSize: number, batchSize: number, seqLen: number): LmBatch {
  const random = (i: number) => (Math.imul(i + 1, 2654435761) >>> 7) % 1000
  const inputIds = new Int32Array(batchSize * seqLen)
  const labels = new Int32Array(batchSize * seqLen)
  for (let row = 0; row < batchSize; row++) {
    let id = random(step * 31 + row) % vocabSize
    for (let t = 0; t < seqLen; t++) {
      inputIds[row * seqLen + t] = id
      id = (id * 3 + (random(step * 7919 + row * 97 + t) % 4 === 0 ? 5 : 1)) % vocabSize
      labels[row * seqLen + t] = id
    }
  }
  return { inputIds, labels }
}
