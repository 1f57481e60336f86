import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSafetensors, toFloat32 } from '@shared/formats/safetensors.ts'
import { trainingMemory } from '@shared/model/memory.ts'
import { trainAdapters, trainAll } from '@shared/model/trainable.ts'
import type { Backend } from '@engine/backend.ts'
import { createSession } from '@engine/model/gpt.ts'
import type { LmBatch, SessionOptions } from '@engine/model/session.ts'
import { base, LM, optimizer, someBatch, someParams } from '@engine/model/testing/samples.ts'
import { openCpuNode } from './cpu-node.ts'
import { readFixture } from './parity-fixture.ts'
import { openFloat16, whyNoFloat16 } from './testing/deno/deno.ts'

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
  let backend: Backend
  beforeAll(async () => {
    backend = await openFloat16()
  })
  afterAll(() => backend.destroy())
  const open = (options: Partial<SessionOptions> = {}) =>
    createSession(backend, {
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

  it('works the backward pass out again with the same numbers, and in micro-batches', async () => {
    const params = someParams(base, LM)
    const batches = [0, 1].map((seed) => someBatch(base, LM, 3, 7, (r) => r * 5 + seed))
    const normOf = async (options: Partial<SessionOptions>) => {
      const session = await open({ accumulate: 2, ...options })
      session.setState({ params })
      const result = await session.trainStep(batches, { learningRate: 1e-3, step: 1, seed: 1 })
      session.dispose()
      return result
    }
    const kept = await normOf({ recompute: 0 })
    expect(await normOf({ recompute: 1 })).toEqual(kept)
    const exact = await normOf({ precision: 'f32' })
    expect(Math.abs(kept.loss / exact.loss - 1)).toBeLessThan(2 ** -10)
    expect(Math.abs(kept.gradNorm / exact.gradNorm - 1)).toBeLessThan(2 ** -8)
  })

  it('ends 200 steps with the loss of 32-bit floats', async () => {
    const config = { ...base, nPositions: 8, nEmbd: 32, nLayer: 1, vocabSize: 29 }
    const [batchSize, seqLen] = [8, 8]
    const train = async (device: Backend, precision: 'f32' | 'mixed') => {
      const session = await createSession(device, { config, head: LM, batchSize, seqLen, optimizer, precision })
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
    const cpu = await openCpuNode(1, 'single')
    const [full, mixed] = [await train(cpu, 'f32'), await train(backend, 'mixed')]
    cpu.destroy()
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
