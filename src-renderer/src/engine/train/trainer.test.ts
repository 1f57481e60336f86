import { describe, expect, test } from 'vitest'
import { AppError } from '@shared/contract/errors.ts'
import type { TrainingSettings } from '@shared/contract/schemas.ts'
import { TrainControl } from './control.ts'
import type { TrainEvents } from './events.ts'
import { initialParams } from './initial.ts'
import type { TrainingJob } from './job.ts'
import { FakeSession } from './testing/fake-session.ts'
import { arraySource, MemoryIo } from './testing/memory-io.ts'
import { textEvaluation, textTraining } from './text-batches.ts'
import { initialState, Trainer } from './trainer.ts'

const V = 11
const T = 7
const B = 3
const settings: TrainingSettings = {
  steps: 40,
  batchSize: B,
  accumulation: 1,
  trainable: { kind: 'all' },
  recompute: 'auto',
  learningRate: 0.1,
  minLearningRate: 0.01,
  warmupSteps: 3,
  beta1: 0.9,
  beta2: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  gradClip: 1,
  seed: 5,
  evalEvery: 10,
  evalBatches: 2,
  sampleEvery: 20,
  checkpointEvery: 8,
  prompts: [],
}
// A text with structure: each id is followed by the next but one, now and then by a jump.
const ids = Array.from({ length: 400 }, (_, i) => (i * 2 + (i % 29 === 0 ? 3 : 0)) % V)
const config = {
  vocabSize: V,
  nPositions: T,
  nEmbd: V,
  nLayer: 1,
  nHead: 1,
  dropout: 0,
  qkvBias: false,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}

function setUp(change: { settings?: Partial<TrainingSettings>; io?: MemoryIo; onPhase?: TrainEvents['phase'] } = {}) {
  const all = { ...settings, ...change.settings }
  const params = initialParams(config, { kind: 'lm' }, 1)
  const session = new FakeSession({
    config,
    head: { kind: 'lm' },
    batchSize: B,
    seqLen: T,
    optimizer: { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, gradClip: 1 },
    accumulate: all.accumulation,
  })
  session.setState({ params })
  const job: TrainingJob = {
    head: { kind: 'lm' },
    seqLen: T,
    training: textTraining(arraySource(ids.slice(0, 340)), B, T, all.seed),
    validation: textEvaluation(arraySource(ids.slice(340)), B, T, all.evalBatches),
    async *write() {
      yield { prompt: 'a', text: 'b' }
    },
    notes: [],
  }
  const io = change.io ?? new MemoryIo()
  const control = new TrainControl()
  const phases: string[] = []
  let clock = 0
  const events: TrainEvents = {
    phase: (phase, step, extra) => {
      if (phases.at(-1) !== phase) phases.push(phase)
      change.onPhase?.(phase, step, extra)
    },
    metrics: () => {},
    sample: () => {},
    checkpoint: () => {},
    report: () => {},
  }
  const trainer = (state = initialState(all.seed)) =>
    new Trainer({ job, settings: all, session, io, events, control, now: () => (clock += 10) }, state)
  return { session, io, control, phases, trainer, job }
}

const losses = (io: MemoryIo, from: number) =>
  [...io.metrics.values()].filter((m) => m.step >= from).map((m) => [m.step, m.loss, m.valLoss, m.learningRate])

describe('Trainer', () => {
  test('learns, measures, samples and saves when due', async () => {
    const { session, io, trainer } = setUp()
    expect(await trainer().run()).toBe('finished')
    expect([...io.metrics.keys()]).toEqual(Array.from({ length: 41 }, (_, i) => i))
    expect(io.metrics.get(1)!.loss).toBeCloseTo(Math.log(V), 1)
    expect(io.metrics.get(40)!.loss!).toBeLessThan(0.7)
    expect([...io.metrics.values()].filter((m) => m.valLoss !== undefined).map((m) => m.step)).toEqual([
      0, 10, 20, 30, 40,
    ])
    expect(io.samples.map((s) => s.step)).toEqual([0, 20, 40])
    expect(io.saved.map((c) => c.trainState.step)).toEqual([8, 10, 16, 20, 24, 30, 32, 40])
    expect(io.saved.filter((c) => c.best).map((c) => c.trainState.step)).toEqual([10, 20, 30, 40])
    expect(io.run).toMatchObject({ step: 40, bestStep: 40, tokensSeen: 40 * B * T })
    expect(session.mostInFlight).toBeLessThanOrEqual(2)
  })

  test('a step over several batches takes them in order, counts their tokens, and resumes where it was', async () => {
    const change = { settings: { accumulation: 3, steps: 20, evalEvery: 20, checkpointEvery: 8 } }
    const { io, trainer } = setUp(change)
    expect(await trainer().run()).toBe('finished')
    expect(io.run).toMatchObject({ step: 20, tokensSeen: 3 * 20 * B * T })
    const eighth = io.saved.find((c) => c.trainState.step === 8)!
    // 8 steps of 3 batches stand where 24 of 1 do.
    const once = setUp({ settings: { steps: 24, evalEvery: 24, checkpointEvery: 24 } })
    await once.trainer().run()
    expect(once.io.saved.at(-1)!.trainState.cursor).toEqual(eighth.trainState.cursor)
    const again = setUp(change)
    again.session.setState(eighth.session)
    await again.trainer(structuredClone(eighth.trainState)).run()
    expect(losses(again.io, 9)).toEqual(losses(io, 9))
  })

  test('a checkpoint never stands ahead of its rows, so that no step is missing after a crash and a resume', async () => {
    const { io, trainer } = setUp()
    const behind: number[] = []
    io.onSave = ({ trainState: { step } }) => {
      if (!io.metrics.has(step)) behind.push(step)
    }
    await trainer().run()
    expect(io.saved.length).toBeGreaterThan(0)
    expect(behind).toEqual([])
  })

  test.each([8, 10, 24, 32])('resumed from step %i it repeats the same losses bit for bit', async (at) => {
    const whole = setUp()
    await whole.trainer().run()
    const checkpoint = structuredClone(whole.io.saved.find((c) => c.trainState.step === at)!)
    const again = setUp()
    again.session.setState(checkpoint.session)
    expect(await again.trainer(checkpoint.trainState).run()).toBe('finished')
    expect(losses(again.io, at + 1)).toEqual(losses(whole.io, at + 1))
    expect(await again.session.getState({ moments: true })).toEqual(await whole.session.getState({ moments: true }))
    expect(again.io.saved.at(-1)!.trainState.bestValLoss).toBe(whole.io.saved.at(-1)!.trainState.bestValLoss)
  })

  test('pauses with nothing in flight, keeps the clock still, and goes on', async () => {
    const set = setUp({
      onPhase: (phase, step) => {
        if (phase !== 'paused') return
        expect(set.session.inFlight).toBe(0)
        expect(set.session.steps).toBe(step)
        const { steps } = set.session
        setImmediate(() => {
          expect(set.session.steps).toBe(steps)
          set.control.continue()
        })
      },
    })
    set.session.trainStep = new Proxy(set.session.trainStep, {
      apply(target, self, args: Parameters<FakeSession['trainStep']>) {
        if (args[1].step === 13) set.control.pause()
        return Reflect.apply(target, self, args)
      },
    })
    expect(await set.trainer().run()).toBe('finished')
    expect(set.phases).toContain('paused')
    expect(set.io.metrics.size).toBe(41)
    const plain = setUp()
    await plain.trainer().run()
    expect(losses(set.io, 0)).toEqual(losses(plain.io, 0))
  })

  test('stop saves where it stands, also out of a pause', async () => {
    const set = setUp({ onPhase: (phase) => phase === 'paused' && set.control.stop() })
    set.session.trainStep = new Proxy(set.session.trainStep, {
      apply(target, self, args: Parameters<FakeSession['trainStep']>) {
        if (args[1].step === 13) set.control.pause()
        return Reflect.apply(target, self, args)
      },
    })
    expect(await set.trainer().run()).toBe('stopped')
    expect(set.io.saved.at(-1)!.trainState.step).toBe(set.session.steps)
    expect(set.session.steps).toBeLessThan(16)
    expect(set.io.saved.at(-1)!.session).toEqual(await set.session.getState({ moments: true }))
  })

  test('a loss that is not a number ends the run and keeps the checkpoints before it', async () => {
    const { session, io, trainer } = setUp()
    session.poisonAtStep = 19
    const error = await trainer()
      .run()
      .catch((e: unknown) => e)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'diverged', details: { step: 19, suggestedLearningRate: 0.033 } })
    expect(io.saved.at(-1)!.trainState.step).toBe(16)
    expect(io.metrics.get(18)!.loss).toBeGreaterThan(0)
  })

  test('a learning rate far too large is noticed within twenty steps', async () => {
    const { trainer } = setUp({ settings: { learningRate: 500, warmupSteps: 0 } })
    const error = (await trainer()
      .run()
      .catch((e: unknown) => e)) as AppError
    expect(error.code).toBe('diverged')
    expect(error.details!.step).toBeLessThanOrEqual(20)
  })

  test('a full disk pauses the run and the checkpoint is written after room was made', async () => {
    const io = new MemoryIo()
    let full = true
    io.onSave = () => {
      if (full) throw new AppError({ code: 'disk_full', message: 'The disk is full.' })
    }
    const errors: (string | undefined)[] = []
    const set = setUp({
      io,
      onPhase: (phase, _step, extra) => {
        if (phase !== 'paused') return
        errors.push(extra?.error?.code)
        full = false
        setImmediate(() => set.control.continue())
      },
    })
    expect(await set.trainer().run()).toBe('finished')
    expect(errors).toEqual(['disk_full'])
    expect(io.saved[0]!.trainState.step).toBe(8)
  })

  test('without a validation part the last state is the best', async () => {
    const set = setUp()
    const trainer = new Trainer(
      {
        job: { ...set.job, validation: textEvaluation(arraySource([]), B, T, 2) },
        settings,
        session: set.session,
        io: set.io,
        events: { phase() {}, metrics() {}, sample() {}, checkpoint() {}, report() {} },
        control: set.control,
        now: () => 0,
      },
      initialState(5),
    )
    expect(await trainer.run()).toBe('finished')
    expect(set.io.saved.at(-1)).toMatchObject({ best: true, valLoss: null })
  })
})
