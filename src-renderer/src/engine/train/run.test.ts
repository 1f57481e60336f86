import { describe, expect, test } from 'vitest'
import { AppError } from '@shared/contract/errors.ts'
import type { TrainingSettings } from '@shared/contract/schemas.ts'
import type { SessionOptions } from '@engine/model/session.ts'
import { TrainControl } from './control.ts'
import { initialParams } from './initial.ts'
import type { TrainingJob } from './job.ts'
import { trainRun, type RunParts } from './run.ts'
import { FakeSession } from './testing/fake-session.ts'
import { arraySource, MemoryIo } from './testing/memory-io.ts'
import { textEvaluation, textTraining } from './text-batches.ts'

const settings: TrainingSettings = {
  steps: 30,
  batchSize: 2,
  accumulation: 1,
  trainable: { kind: 'all' },
  recompute: 'auto',
  learningRate: 0.1,
  minLearningRate: 0.01,
  warmupSteps: 2,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  gradClip: 0,
  seed: 1,
  evalEvery: 15,
  evalBatches: 1,
  sampleEvery: 1000,
  checkpointEvery: 10,
  prompts: [],
}
const config = {
  vocabSize: 7,
  nPositions: 4,
  nEmbd: 7,
  nLayer: 1,
  nHead: 1,
  dropout: 0,
  qkvBias: false,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}
const ids = Array.from({ length: 200 }, (_, i) => (i * 3) % 7)

function setUp(open?: (options: SessionOptions, attempt: number) => FakeSession) {
  const io = new MemoryIo()
  const sessions: FakeSession[] = []
  const phases: { phase: string; step: number; error?: { code: string; message: string } }[] = []
  const lost: boolean[] = []
  const waits: number[] = []
  let attempt = 0
  const parts: RunParts = {
    config,
    settings,
    resume: false,
    prepare: async (): Promise<TrainingJob> => ({
      head: { kind: 'lm' },
      seqLen: 4,
      training: textTraining(arraySource(ids), 2, 4, 1),
      validation: textEvaluation(arraySource(ids), 2, 4, 1),
      notes: [],
    }),
    initialParams: async (job) => initialParams(config, job.head, 1),
    openSession: async (options) => {
      const session = open?.(options, attempt++) ?? new FakeSession(options)
      sessions.push(session)
      return session
    },
    io,
    events: {
      phase: (phase, step, extra) => phases.push({ phase, step, ...extra }),
      metrics: () => {},
      sample: () => {},
      checkpoint: () => {},
      report: () => {},
    },
    control: new TrainControl(),
    replaceDevice: () => false,
    onDeviceLost: (_reason, recovering) => lost.push(recovering),
    now: () => 0,
    wait: async (ms) => void waits.push(ms),
  }
  return { parts, io, sessions, phases, lost, waits }
}

const losing = (step: number) => (options: SessionOptions) => {
  const session = new FakeSession(options)
  session.loseAtStep = step
  return session
}

describe('trainRun', () => {
  test('ends as finished and says so to the run and the watcher', async () => {
    const { parts, io, phases, sessions } = setUp()
    expect(await trainRun(parts)).toBe('finished')
    expect(io.run.status).toBe('finished')
    expect(phases.at(0)?.phase).toBe('loading')
    expect(phases.at(-1)).toMatchObject({ phase: 'finished', step: 30 })
    expect(sessions.every((s) => s.disposed)).toBe(true)
  })

  test('mixed precision: a skipped step is told, and the loss scale is where it was after a resume', async () => {
    const mixed = (options: SessionOptions) => {
      const session = new FakeSession(options)
      session.overflowAtStep = 7
      return session
    }
    const { parts, io, sessions } = setUp(mixed)
    parts.settings = { ...settings, steps: 20, precision: 'mixed' }
    expect(await trainRun(parts)).toBe('finished')
    expect(io.metrics.get(7)).toMatchObject({ step: 7, skipped: true })
    expect(io.metrics.get(7)!.gradNorm).toBeUndefined()
    expect(io.metrics.get(8)!.gradNorm).toBeGreaterThan(0)
    const lossScale = { scale: 2048, cleanSteps: 13, skipped: 1 }
    expect(io.saved.at(-1)!.trainState.lossScale).toEqual(lossScale)
    // What a checkpoint on disk holds: the scale among the state, not among the tensors.
    delete io.saved.at(-1)!.session.lossScale
    expect(await trainRun({ ...parts, resume: true })).toBe('finished')
    expect((await sessions.at(-1)!.getState({ moments: true })).lossScale).toEqual(lossScale)
  })

  test('mixed precision: a run goes on in 32 bits where there are no 16-bit floats, and is refused there when new', async () => {
    const none = (options: SessionOptions) => {
      if (options.precision === 'mixed') throw new AppError({ code: 'unsupported', message: 'no 16-bit floats' })
      return new FakeSession(options)
    }
    const { parts, phases } = setUp((options, attempt) => (attempt === 0 ? new FakeSession(options) : none(options)))
    parts.settings = { ...settings, precision: 'mixed' }
    expect(await trainRun(parts)).toBe('finished')
    expect(await trainRun(parts)).toBe('failed')
    expect(phases.at(-1)!.error!.message).toBe('no 16-bit floats')
    expect(await trainRun({ ...parts, resume: true, settings: { ...parts.settings, steps: 40 } })).toBe('finished')
    expect(phases.map((p) => 'note' in p && p.note)).toContainEqual(expect.stringContaining('goes on in 32-bit floats'))
  })

  test('a device lost in mid-run comes back and gives the same losses', async () => {
    const calm = setUp()
    await trainRun(calm.parts)
    const rough = setUp((options, attempt) => (attempt === 0 ? losing(17)(options) : new FakeSession(options)))
    expect(await trainRun(rough.parts)).toBe('finished')
    expect(rough.lost).toEqual([true])
    expect(rough.waits).toEqual([250])
    expect(rough.sessions.length).toBe(2)
    expect([...rough.io.metrics.values()].map((m) => [m.step, m.loss, m.valLoss])).toEqual(
      [...calm.io.metrics.values()].map((m) => [m.step, m.loss, m.valLoss]),
    )
    expect(rough.io.saved.at(-1)!.session).toEqual(calm.io.saved.at(-1)!.session)
  })

  const gone = () => new AppError({ code: 'gpu_lost', message: 'The graphics device was lost.' })

  test.each([
    ['validation is measured', 'evaluate'],
    ['a checkpoint is read from it', 'getState'],
  ] as const)('a device lost as %s comes back and gives the same losses', async (_name, method) => {
    const calm = setUp()
    await trainRun(calm.parts)
    let calls = 0
    const rough = setUp((options, attempt) => {
      const session = new FakeSession(options)
      if (attempt > 0) return session
      const work = session[method].bind(session) as (...args: unknown[]) => Promise<unknown>
      return Object.assign(session, {
        [method]: (...args: unknown[]) => (++calls === 3 ? Promise.reject(gone()) : work(...args)),
      })
    })
    expect(await trainRun(rough.parts)).toBe('finished')
    expect([rough.lost, rough.sessions.length]).toEqual([[true], 2])
    expect([...rough.io.metrics.values()].map((m) => [m.step, m.loss, m.valLoss])).toEqual(
      [...calm.io.metrics.values()].map((m) => [m.step, m.loss, m.valLoss]),
    )
  })

  test('a device lost as memory is asked of it is opened again', async () => {
    const { parts, lost, waits } = setUp((options, attempt) => {
      if (attempt === 0) throw gone()
      return new FakeSession(options)
    })
    expect(await trainRun(parts)).toBe('finished')
    expect([lost, waits]).toEqual([[true], [250]])
  })

  test('a device lost before the first checkpoint starts over', async () => {
    const { parts, io } = setUp((options, attempt) => (attempt === 0 ? losing(3)(options) : new FakeSession(options)))
    expect(await trainRun(parts)).toBe('finished')
    expect(io.metrics.size).toBe(31)
  })

  test('a device that does not come back fails the run and keeps the checkpoint', async () => {
    const { parts, io, phases, lost, waits } = setUp((options, attempt) => {
      if (attempt > 0) throw new AppError({ code: 'no_gpu', message: 'No adapter.' })
      return losing(17)(options)
    })
    expect(await trainRun(parts)).toBe('failed')
    expect(waits).toEqual([250, 1000, 4000])
    expect(lost).toEqual([true, true, true, false])
    expect(io.run).toMatchObject({ status: 'failed', error: { code: 'gpu_lost' } })
    expect(phases.at(-1)).toMatchObject({ phase: 'failed', error: { code: 'gpu_lost' } })
    expect(io.saved.at(-1)!.trainState.step).toBe(15)
  })

  test('another device takes the place of one that does not come back, with the same losses and a note', async () => {
    const calm = setUp()
    await trainRun(calm.parts)
    let replaced = 0
    const { parts, io, phases, lost, waits } = setUp((options, attempt) => {
      if (attempt === 0) return losing(17)(options)
      if (replaced === 0) throw new AppError({ code: 'no_gpu', message: 'No adapter.' })
      return new FakeSession(options)
    })
    parts.replaceDevice = () => ++replaced === 1
    expect(await trainRun(parts)).toBe('finished')
    expect([waits, lost, replaced]).toEqual([[250, 1000, 4000], [true, true, true], 1])
    const note = 'The graphics device did not come back; the run goes on from step 15 on the processor.'
    expect(phases).toContainEqual({ phase: 'running', step: 15, note })
    expect([...io.metrics.values()].map((m) => m.loss)).toEqual([...calm.io.metrics.values()].map((m) => m.loss))
  })

  test('a device that takes the place of another and cannot hold the model fails with its own words', async () => {
    let replaced = false
    const { parts, io } = setUp((options, attempt) => {
      if (attempt === 0) return losing(3)(options)
      throw replaced
        ? new AppError({ code: 'out_of_memory', message: 'Too large.' })
        : new AppError({ code: 'no_gpu', message: 'No adapter.' })
    })
    parts.replaceDevice = () => (replaced = true)
    expect(await trainRun(parts)).toBe('failed')
    expect(io.run.error?.code).toBe('out_of_memory')
  })

  test('a device lost at the same step again and again is given up', async () => {
    const { parts, lost } = setUp(losing(17))
    expect(await trainRun(parts)).toBe('failed')
    expect(lost).toEqual([true, true, true, false])
  })

  test('no device at all fails at once with its own words', async () => {
    const { parts, io, waits } = setUp(() => {
      throw new AppError({ code: 'no_gpu', message: 'No adapter.' })
    })
    expect(await trainRun(parts)).toBe('failed')
    expect(waits).toEqual([])
    expect(io.run.error).toMatchObject({ code: 'no_gpu', message: 'No adapter.' })
  })

  test('resume takes the newest checkpoint', async () => {
    const first = setUp()
    await trainRun(first.parts)
    const second = setUp()
    second.io.saved.push(...first.io.saved.filter((c) => c.trainState.step <= 20))
    expect(await trainRun({ ...second.parts, resume: true })).toBe('finished')
    expect([...second.io.metrics.keys()][0]).toBe(21)
    expect(second.io.saved.at(-1)!.session).toEqual(first.io.saved.at(-1)!.session)
  })

  test('data that cannot be read fails the run before a device is opened', async () => {
    const { parts, io, sessions } = setUp()
    parts.prepare = () => Promise.reject(new AppError({ code: 'too_short', message: 'Too short.' }))
    expect(await trainRun(parts)).toBe('failed')
    expect(sessions).toEqual([])
    expect(io.run.error?.message).toBe('Too short.')
  })
})
