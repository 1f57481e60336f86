import { describe, expect, test } from 'vitest'
import { BACKENDS, quickToCompile } from '../../../../src-main/headless/testing/devices.ts'
import type { TrainingSettings } from '@shared/contract/schemas.ts'
import { trainingMemory } from '@shared/model/memory.ts'
import type { TrainableChoice } from '@shared/model/trainable-choice.ts'
import type { Session, SessionOptions, TensorMap } from '@engine/model/session.ts'
import { openWebGpu } from '@engine/webgpu/webgpu-backend.ts'
import { openBackend } from '@engine/worker/backends.ts'
import { Device } from '@engine/worker/device.ts'
import { TrainControl } from './control.ts'
import { initialParams, startingParams } from './initial.ts'
import type { TrainingJob } from './job.ts'
import { trainRun, type RunParts } from './run.ts'
import { arraySource, MemoryIo } from './testing/memory-io.ts'
import { textEvaluation, textTraining } from './text-batches.ts'

const config = {
  vocabSize: 29,
  nPositions: 12,
  nEmbd: 24,
  nLayer: 2,
  nHead: 2,
  dropout: 0.1,
  qkvBias: true,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}
const settings: TrainingSettings = {
  steps: 24,
  batchSize: 4,
  accumulation: 1,
  trainable: { kind: 'all' },
  recompute: 'auto',
  learningRate: 1e-2,
  minLearningRate: 1e-3,
  warmupSteps: 3,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0.1,
  gradClip: 1,
  seed: 3,
  evalEvery: 8,
  evalBatches: 2,
  sampleEvery: 1000,
  checkpointEvery: 6,
  prompts: [],
}
const LM = { kind: 'lm' } as const
const ids = Array.from({ length: 700 }, (_, i) => (i * i + 3 * i) % 29)

function deviceOf(open: (typeof BACKENDS)[number][1]): Device {
  const openers = { adapter: async () => null, webgpu: open, cpu: open }
  return new Device(
    () => openBackend({ backend: 'webgpu', threads: 1 }, openers),
    () => {},
  )
}

function setUp(device: Device, own = settings, model = config) {
  const io = new MemoryIo()
  const sessions: Session[] = []
  const lost: boolean[] = []
  const parts: RunParts = {
    config: model,
    settings: own,
    resume: false,
    prepare: async (): Promise<TrainingJob> => ({
      head: LM,
      seqLen: 12,
      training: textTraining(arraySource(ids.slice(0, 600)), own.batchSize, 12, own.seed),
      validation: textEvaluation(arraySource(ids.slice(600)), own.batchSize, 12, 2),
      notes: [],
    }),
    initialParams: async () => initialParams(model, LM, 1),
    openSession: async (options: SessionOptions) => {
      const session = await device.session(options)
      sessions.push(session)
      return session
    },
    io,
    events: { phase() {}, metrics() {}, sample() {}, checkpoint() {}, report() {} },
    control: new TrainControl(),
    replaceDevice: () => false,
    onDeviceLost: (_reason, recovering) => lost.push(recovering),
    now: () => performance.now(),
    wait: async () => {},
  }
  return { io, parts, sessions, lost }
}

const losses = (io: MemoryIo, from = 0) =>
  [...io.metrics.values()].filter((m) => m.step >= from).map((m) => [m.step, m.loss, m.gradNorm, m.valLoss])
const sameBits = (a: TensorMap, b: TensorMap) =>
  [...a].every(([name, values]) => Buffer.from(values.buffer).equals(Buffer.from(b.get(name)!.buffer)))

describe.each(BACKENDS)('training, %s', (name, open) => {
  const device = deviceOf(open)
  const whole = setUp(device)

  test('learns, and a run resumed from a checkpoint repeats it bit for bit, dropout and all', async () => {
    expect(await trainRun(whole.parts)).toBe('finished')
    expect(whole.io.metrics.get(1)!.loss).toBeCloseTo(Math.log(29), 0)
    expect(whole.io.metrics.get(24)!.valLoss!).toBeLessThan(0.9 * Math.log(29))
    const again = setUp(device)
    again.io.saved.push(...whole.io.saved.filter((c) => c.trainState.step <= 12))
    expect(await trainRun({ ...again.parts, resume: true })).toBe('finished')
    expect(losses(again.io)).toEqual(losses(whole.io, 13))
    for (const what of ['params', 'm', 'v'] as const) {
      expect(sameBits(again.io.saved.at(-1)!.session[what]!, whole.io.saved.at(-1)!.session[what]!)).toBe(true)
    }
  })

  test('adapters alone train, are saved alone, and a resumed run repeats them bit for bit', async () => {
    const trainable: TrainableChoice = { kind: 'lora', rank: 4, alpha: 8, layers: ['attn.c_attn.v', 'mlp.c_proj'] }
    const own = { ...settings, trainable, steps: 12 }
    const base = initialParams(config, LM, 1)
    const run = async (before: MemoryIo['saved'], resume: boolean) => {
      const { parts, io } = setUp(device, own)
      io.base = base
      io.saved.push(...before)
      const initial = async () => startingParams(base, config, LM, own)
      expect(await trainRun({ ...parts, resume, initialParams: initial })).toBe('finished')
      return io
    }
    const once = await run([], false)
    expect(once.metrics.get(12)!.loss!).toBeLessThan(once.metrics.get(1)!.loss!)
    const last = once.saved.at(-1)!.session
    for (const map of [last.params, last.m!, last.v!]) {
      expect(map.size).toBe(8)
      expect([...map.keys()].every((name) => /lora_[AB]/.test(name))).toBe(true)
    }
    const again = await run(
      once.saved.filter((c) => c.trainState.step <= 6),
      true,
    )
    expect(losses(again)).toEqual(losses(once, 7))
    expect(sameBits(again.saved.at(-1)!.session.params, last.params)).toBe(true)
  })

  test('two batches of 4 a step learn what one batch of 8 learns', async () => {
    const run = async (batchSize: number, accumulation: number) => {
      const { parts, io } = setUp(device, { ...settings, steps: 8, batchSize, accumulation }, { ...config, dropout: 0 })
      expect(await trainRun(parts)).toBe('finished')
      return { losses: losses(io, 1).map(([, loss]) => loss!), tokens: io.run.tokensSeen }
    }
    const [once, twice] = [await run(8, 1), await run(4, 2)]
    expect(twice.tokens).toBe(once.tokens)
    once.losses.forEach((loss, i) => expect(Math.abs(twice.losses[i]! / loss - 1)).toBeLessThan(1e-4))
  })

  test.each([
    [LM, 0.1],
    [{ kind: 'classification', numLabels: 3 } as const, 0],
  ])('the memory foretold is the memory taken: %j, dropout %f', async (head, dropout) => {
    const wide = { ...config, nEmbd: 72, nHead: 6, vocabSize: 500, dropout }
    const optimizer = { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, gradClip: 1 }
    const session = await device.session({ config: wide, head, batchSize: 32, seqLen: 12, optimizer })
    const foretold = trainingMemory(wide, head, 32, 12)
    const { params, grads, moments, activations, workspace } = session.memory
    expect(params / foretold.params).toBeCloseTo(1, 1)
    expect(grads / foretold.grads).toBeCloseTo(1, 1)
    expect(moments / foretold.moments).toBeCloseTo(1, 1)
    expect(activations / foretold.activations).toBeCloseTo(1, 1)
    expect(workspace).toBeGreaterThanOrEqual(foretold.logits)
    const total = params + grads + moments + activations + workspace
    expect(total / foretold.total).toBeLessThan(1.25)
    session.dispose()
  })

  test('a device destroyed in mid-run is opened again and the losses are the same', async () => {
    // Destroyed is a device that no other test uses; it gives way to the one that they share.
    let opened = 0
    const fragile = deviceOf(() => (name === 'WebGPU' && opened++ === 0 ? openWebGpu(quickToCompile) : open()))
    const rough = setUp(fragile)
    const openSession = rough.parts.openSession
    rough.parts.openSession = async (options) => {
      const session = await openSession(options)
      if (rough.sessions.length > 1) return session
      const step = session.trainStep.bind(session)
      session.trainStep = async (batch, o) => {
        const result = step(batch, o)
        if (o.step === 15) (await fragile.backend()).lose()
        return result
      }
      return session
    }
    expect(await trainRun(rough.parts)).toBe('finished')
    expect(rough.lost).toEqual([true])
    expect(losses(rough.io)).toEqual(losses(whole.io))
  })
})
