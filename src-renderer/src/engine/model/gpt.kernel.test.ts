import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, DEVICES } from '../../../../src-main/headless/testing/devices.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import { parameterTable } from '@shared/model/parameters.ts'
import type { Backend } from '../backend.ts'
import { relativeError } from '../catalogue/bench.ts'
import { createSession } from './gpt.ts'
import { gptReference } from './gpt.reference.ts'
import { inspect } from './inspect.ts'
import type { SessionOptions, TensorMap } from './session.ts'
import { base, CLASSES, LM, odd, optimizer, someBatch, someParams } from './testing/samples.ts'

describe.each(DEVICES)('GPT, %s', (name, openDevice) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await openDevice()
  })
  afterAll(() => backend.destroy())
  const open = (options: Partial<SessionOptions>) =>
    createSession(backend, { config: base, head: LM, batchSize: 3, seqLen: 7, optimizer, ...options })

  const variants: [string, Partial<GptConfig>, Head, number, number][] = [
    ['tied', {}, LM, 3, 7],
    ['untied, no qkv bias', { tieWordEmbeddings: false, qkvBias: false }, LM, 3, 7],
    ['odd sizes', odd, LM, 2, 9],
    ['context 1', { nPositions: 1 }, LM, 4, 1],
    ['logits in two pieces', { nEmbd: 12, nHead: 1, nLayer: 1 }, LM, 75, 8],
    ['a classifier', { qkvBias: false }, CLASSES, 5, 7],
    ['an odd classifier', odd, { kind: 'classification', numLabels: 5 }, 2, 3],
  ]
  // Kernels for graphics cards compile slowly on a software adapter.
  it.each(name.includes('graphics cards') ? variants.slice(0, 2) : variants)(
    'equals the float64 model: %s',
    async (_name, change, head, batchSize, seqLen) => {
      const config = { ...base, ...change }
      const params = someParams(config, head)
      const batch = someBatch(config, head, batchSize, seqLen)
      const want = gptReference({ config, head, batchSize, seqLen }, params, batch)
      const session = await open({ config, head, batchSize, seqLen })
      session.setState({ params })
      const forward = await inspect(session, batch)
      expect(relativeError(forward.logits, want.logits)).toBeLessThan(5e-6)
      expect(Math.abs(forward.loss - want.loss)).toBeLessThan(5e-6 * want.loss)
      const { loss, gradNorm } = await session.trainStep(batch, { learningRate: 0, step: 1, seed: 1 })
      expect(Math.abs(loss - want.loss)).toBeLessThan(5e-6 * want.loss)
      const grads = await session.getGradients()
      const largest = Math.max(...[...want.grads.values()].flatMap((g) => [...g].map(Math.abs)))
      for (const [name, grad] of want.grads) {
        expect(relativeError(grads.get(name)!, grad, 1e-3 * largest), name).toBeLessThan(2e-5)
      }
      const norm = Math.sqrt([...want.grads.values()].reduce((sum, g) => sum + g.reduce((s, v) => s + v * v, 0), 0))
      expect(Math.abs(gradNorm / norm - 1)).toBeLessThan(1e-5)
      session.dispose()
    },
  )
})

describe.each(BACKENDS)('a session, %s', (_, openDevice) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await openDevice()
  })
  afterAll(() => backend.destroy())
  const open = (options: Partial<SessionOptions> = {}) =>
    createSession(backend, { config: base, head: LM, batchSize: 3, seqLen: 7, optimizer, ...options })

  it('has no loss and no gradient where every label is ignored', async () => {
    const session = await open()
    session.setState({ params: someParams(base, LM) })
    const batch = someBatch(base, LM, 3, 7, () => -100)
    expect(await session.evaluate(batch)).toEqual({ loss: 0, count: 0 })
    expect(await session.trainStep(batch, { learningRate: 0.1, step: 1, seed: 1 })).toEqual({ loss: 0, gradNorm: 0 })
    const { params } = await session.getState({ moments: false })
    expect([...params.values()].every((p) => p.every(Number.isFinite))).toBe(true)
    session.dispose()
  })

  it('allocates nothing in fifty steps after the first few, and frees everything at the end', async () => {
    const before = { ...backend.counters }
    const session = await open()
    session.setState({ params: someParams(base, LM) })
    const batch = someBatch(base, LM, 3, 7)
    const steps = async (from: number, to: number) => {
      // Two at a time, as the trainer does.
      let last: Promise<unknown> = Promise.resolve()
      for (let step = from; step <= to; step++) {
        const now = session.trainStep(batch, { learningRate: 1e-3, step, seed: 1 })
        await last
        last = now
      }
      await last
      await session.evaluate(batch)
    }
    await steps(1, 5)
    const { buffers, bytes, bindGroups, dispatches } = { ...backend.counters }
    await steps(6, 50)
    expect(backend.counters).toMatchObject({ buffers, bytes, bindGroups })
    expect(backend.counters.dispatches).toBeGreaterThan(dispatches)
    session.dispose()
    // What stays are buffers to read through, shared by all sessions.
    expect(backend.counters.bytes - before.bytes).toBeLessThanOrEqual(1024)
  })

  it('counts its memory by category', async () => {
    const before = backend.counters.bytes
    const session = await open()
    const { params, grads, moments, activations, workspace } = session.memory
    const numbers = parameterTable(base, LM).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
    expect(params).toBeGreaterThanOrEqual(4 * numbers)
    expect([grads, moments]).toEqual([params, 2 * params])
    expect(params + grads + moments + activations + workspace).toBe(backend.counters.bytes - before)
    session.dispose()
    const frozen = await open({ optimizer: null })
    expect(frozen.memory).toMatchObject({ params, grads: 0, moments: 0 })
    expect(frozen.memory.activations).toBeLessThan(activations / 2)
    frozen.dispose()
  })

  it('drops by seed and step alone, only while training, and learns through it', async () => {
    const config = { ...base, dropout: 0.3 }
    const params = someParams(config, LM)
    const batch = someBatch(config, LM, 3, 7)
    const session = await open({ config })
    const loss = async (step: number, seed: number) => {
      session.setState({ params })
      return (await session.trainStep(batch, { learningRate: 0, step, seed })).loss
    }
    const first = await loss(1, 5)
    expect(await loss(1, 5)).toBe(first)
    expect(await loss(2, 5)).not.toBe(first)
    expect(await loss(1, 6)).not.toBe(first)
    const { loss: plain } = await session.evaluate(batch)
    const { loss: want } = gptReference({ config, head: LM, batchSize: 3, seqLen: 7 }, params, batch)
    expect(Math.abs(plain - want)).toBeLessThan(5e-6 * want)
    // Over many masks the loss lies near the one without.
    let sum = 0
    for (let step = 1; step <= 20; step++) sum += (await loss(step, 9)) / 20
    expect(Math.abs(sum / plain - 1)).toBeLessThan(0.3)
    session.dispose()
  })

  it('has the gradient that its own loss has, dropout included', async () => {
    // The loss along the gradient, by central differences with the same masks.
    const config = { ...base, dropout: 0.2 }
    const params = someParams(config, LM)
    const batch = someBatch(config, LM, 3, 7)
    const session = await open({ config })
    const at = async (values: TensorMap) => {
      session.setState({ params: values })
      return session.trainStep(batch, { learningRate: 0, step: 3, seed: 2 })
    }
    const { gradNorm } = await at(params)
    const grads = await session.getGradients()
    const moved = (h: number) =>
      new Map([...params].map(([name, p]) => [name, p.map((v, i) => v + (h * grads.get(name)![i]!) / gradNorm)]))
    const h = 2e-2
    const slope = ((await at(moved(h))).loss - (await at(moved(-h))).loss) / (2 * h)
    expect(Math.abs(slope / gradNorm - 1)).toBeLessThan(5e-3)
    session.dispose()
  })

  it('gives back the state it was given, and refuses another model’s', async () => {
    const session = await open()
    const params = someParams(base, LM)
    const m = new Map([...params].map(([name, p]) => [name, p.map((v) => v / 2)]))
    const v = new Map([...params].map(([name, p]) => [name, p.map((x) => x * x)]))
    session.setState({ params, m, v })
    expect(await session.getState({ moments: true })).toEqual({ params, m, v })
    session.setState({ params })
    const cleared = await session.getState({ moments: true })
    expect([...cleared.m!.values()].every((x) => x.every((y) => y === 0))).toBe(true)
    const other = new Map(params)
    other.delete('transformer.ln_f.bias')
    expect(() => session.setState({ params: other })).toThrow('transformer.ln_f.bias is missing')
    other.set('transformer.ln_f.bias', new Float32Array(3))
    expect(() => session.setState({ params: other })).toThrow('transformer.ln_f.bias has 3 numbers')
    session.dispose()
  })

  it('refuses more positions than the model has, and heads that do not divide its width', async () => {
    await expect(open({ seqLen: 10 })).rejects.toThrow('10 positions')
    await expect(open({ config: { ...base, nHead: 5 } })).rejects.toThrow('5 heads')
  })

  it('refuses ids that the model does not know', async () => {
    const session = await open()
    const batch = someBatch(base, LM, 3, 7)
    batch.inputIds[4] = 17
    await expect(session.evaluate(batch)).rejects.toThrow('token id 17')
    session.dispose()
  })

  it('returns class logits, and writes no text as a classifier', async () => {
    const session = await open({ head: CLASSES, batchSize: 5 })
    const params = someParams(base, CLASSES)
    session.setState({ params })
    const batch = someBatch(base, CLASSES, 5, 7)
    const { loss, count, logits } = await session.evaluate(batch)
    const want = gptReference({ config: base, head: CLASSES, batchSize: 5, seqLen: 7 }, params, batch)
    expect(relativeError(logits!, want.logits)).toBeLessThan(5e-6)
    expect(Math.abs(loss - want.loss)).toBeLessThan(5e-6 * want.loss)
    expect(count).toBe(4)
    expect(() => session.decoder()).toThrow('does not write text')
    session.dispose()
  })

  it('tells when memory runs out, and leaves nothing behind', async () => {
    const before = { ...backend.counters }
    // Activations of gigabytes, when all else is there: nothing that large is touched before it is refused.
    await expect(open({ batchSize: 2 ** 21 })).rejects.toMatchObject({
      code: expect.stringMatching(/out_of_memory|too_large/),
    })
    expect(backend.counters).toMatchObject({ buffers: before.buffers, bytes: before.bytes })
  })
})
