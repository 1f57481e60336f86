import { AppError } from '@shared/contract/errors.ts'
import type { Metric, RunProgress, TrainingSettings, TrainState } from '@shared/contract/schemas.ts'
import { learningRateAt } from '@shared/model/schedule.ts'
import type { Session, StepResult } from '@engine/model/session.ts'
import { BatchFeed } from './batches.ts'
import type { TrainControl } from './control.ts'
import { accuracy, evaluate } from './evaluate.ts'
import type { TrainEvents } from './events.ts'
import { DivergenceGuard, isSkipped } from './guards.ts'
import type { TrainIo } from './io.ts'
import type { TrainingJob } from './job.ts'
import type { Cursor } from './order.ts'
import { Recorder } from './recorder.ts'
import { Stopwatch, Throughput } from './stopwatch.ts'

export interface TrainerParts {
  job: TrainingJob
  settings: TrainingSettings
  session: Session
  io: TrainIo
  events: TrainEvents
  control: TrainControl
  /** Milliseconds of a clock that never goes back. */
  now: () => number
}

/** A step on its way through the device. */
interface Flight {
  step: number
  tokens: number
  cursor: Cursor
  learningRate: number
  result: Promise<StepResult>
}

/** Steps handed to the device before the first of them is back: enough to keep it busy, few enough to pause at once. */
const MOST_IN_FLIGHT = 2

/**
 * Trains a session from `state` to the last step, with looks at the validation part, samples and checkpoints on the way.
 * Everything random follows from (seed, step), so a run resumed from a checkpoint repeats the losses of an uninterrupted one.
 */
export class Trainer {
  private readonly recorder: Recorder
  private readonly clock: Stopwatch
  private readonly rate: Throughput
  private readonly guard: DivergenceGuard
  private readonly flights: Flight[] = []
  /** The row of the last step, held back until it is known whether a validation loss belongs to it. */
  private row: Metric | null = null
  private savedStep = -1
  private valLoss: number | null = null
  /** A full disk met while writing figures: a reason to pause. */
  private trouble: AppError | undefined

  constructor(
    private readonly parts: TrainerParts,
    private readonly state: TrainState,
  ) {
    const { io, events, now, job, session, settings } = parts
    this.recorder = new Recorder(io, events, now)
    this.clock = new Stopwatch(state.elapsedMs, now)
    this.rate = new Throughput(state.elapsedMs)
    const choices = job.head.kind === 'classification' ? job.head.numLabels : session.options.config.vocabSize
    this.guard = new DivergenceGuard(choices, settings.learningRate)
  }

  /** Runs to the end, or to a stop by the person. Rejects with an AppError when it cannot go on ('diverged', 'gpu_lost', ...). */
  async run(): Promise<'finished' | 'stopped'> {
    const { settings, control, events, job } = this.parts
    this.savedStep = this.state.step
    events.phase('running', this.state.step, job.notes.length ? { note: job.notes.join(' ') } : undefined)
    await this.recorder.flush({ status: 'running' })
    this.clock.start()
    try {
      if (this.state.step === 0) await this.look(0)
      const feed = new BatchFeed(job.training, this.state.cursor, 2 * settings.accumulation)
      for (let step = this.state.step + 1; step <= settings.steps; step++) {
        if (control.paused) await this.drain()
        if (!(await this.goOn())) break
        await this.submit(step, feed)
        if (this.isBoundary(step)) {
          await this.drain()
          await this.look(step)
        }
      }
      await this.drain()
      return await this.end()
    } finally {
      this.clock.stop()
      await Promise.allSettled(this.flights.map((f) => f.result))
      // The figures up to a failure are worth keeping; the failure itself is the news.
      await this.settleRow().catch(() => {})
      await this.recorder.flush(this.progress()).catch(() => {})
    }
  }

  private async submit(step: number, feed: BatchFeed): Promise<void> {
    const { session, settings } = this.parts
    const { batches, tokens, next } = await feed.take(settings.accumulation)
    const learningRate = learningRateAt(step, settings)
    const result = session.trainStep(batches, { learningRate, step, seed: settings.seed })
    result.catch(() => {}) // told when its turn comes
    this.flights.push({ step, tokens, cursor: next, learningRate, result })
    while (this.flights.length >= MOST_IN_FLIGHT) await this.land()
  }

  /** Waits for every step in flight: the device is idle afterwards. */
  private async drain(): Promise<void> {
    while (this.flights.length) await this.land()
  }

  /** Takes in the oldest step in flight. */
  private async land(): Promise<void> {
    const { step, tokens, cursor, learningRate, result } = this.flights[0]!
    const stepResult = await result
    const { loss, gradNorm } = stepResult
    this.flights.shift()
    const skipped = isSkipped(stepResult)
    if (!skipped) this.guard.check(step, stepResult)
    const { state } = this
    state.step = step
    state.cursor = cursor
    state.tokensSeen += tokens
    const elapsedMs = this.clock.elapsed
    state.elapsedMs = elapsedMs
    await this.settleRow()
    const tokensPerSecond = this.rate.add(elapsedMs, tokens)
    this.row = { step, elapsedMs, loss, learningRate, ...(skipped ? { skipped } : { gradNorm }), tokensPerSecond }
  }

  private isBoundary(step: number): boolean {
    const { steps, evalEvery, sampleEvery, checkpointEvery } = this.parts.settings
    return step === steps || [evalEvery, sampleEvery, checkpointEvery].some((every) => step % every === 0)
  }

  /** What is due at `step`: validation, samples, a checkpoint. */
  private async look(step: number): Promise<void> {
    const { steps, evalEvery, sampleEvery, checkpointEvery } = this.parts.settings
    const due = (every: number) => step % every === 0 || step === steps
    const best = due(evalEvery) && (await this.validate(step))
    await this.settleRow()
    if (due(sampleEvery)) await this.write(step)
    if (step > 0 && (best || due(checkpointEvery))) await this.save(best)
  }

  /** Measures on the validation part; true when it is the best so far. */
  private async validate(step: number): Promise<boolean> {
    const { session, job } = this.parts
    const result = await evaluate(session, job.validation, () => this.goOn())
    if (!result) return false
    const { state } = this
    this.valLoss = result.loss
    this.row ??= { step, elapsedMs: this.clock.elapsed }
    this.row.valLoss = result.loss
    if (result.predictions.length) this.row.valAccuracy = accuracy(result.predictions)
    if (step === 0 || (state.bestValLoss !== null && result.loss >= state.bestValLoss)) return false
    state.bestValLoss = result.loss
    state.bestStep = step
    return true
  }

  private async write(step: number): Promise<void> {
    const { session, job } = this.parts
    if (!job.write) return
    for await (const { prompt, text } of job.write(session, () => this.goOn())) {
      this.recorder.sample({ step, prompt, text })
    }
  }

  /** @param better whether the validation loss has never been lower; where nothing is measured, the newest is the best */
  private async save(better: boolean): Promise<void> {
    const { session, io, events, control, job, settings } = this.parts
    const best = better || job.validation.length === 0
    this.state.elapsedMs = this.clock.elapsed
    events.phase('saving', this.state.step)
    // Beside adapters nothing changes, and the base has the rest.
    const snapshot = await session.getState({ moments: true, trainedOnly: settings.trainable.kind === 'lora' })
    if (snapshot.lossScale) this.state.lossScale = snapshot.lossScale
    for (;;) {
      try {
        // A checkpoint never stands ahead of its rows: a run resumed from it writes only later ones.
        await this.recorder.flush(this.progress())
        await io.save({ trainState: structuredClone(this.state), session: snapshot, valLoss: this.valLoss, best })
        break
      } catch (error) {
        // A full disk loses nothing: the run waits, with its state in memory, until the person has made room.
        if (!isDiskFull(error) || control.stopping) throw error
        control.pause()
        await this.pause(error)
      }
    }
    this.savedStep = this.state.step
    events.checkpoint(this.state.step, best)
    events.phase('running', this.state.step)
  }

  /** Lets a pause in. False when the person asked to stop. */
  private async goOn(): Promise<boolean> {
    if (this.parts.control.paused) await this.pause(this.trouble)
    return !this.parts.control.stopping
  }

  private async pause(error?: AppError): Promise<void> {
    const { events, control } = this.parts
    this.clock.stop()
    await this.settleRow()
    events.phase('paused', this.state.step, error ? { error: error.toData() } : undefined)
    await this.recorder.flush({ status: 'paused', ...this.progress() }).catch(() => {})
    await control.resumed()
    this.trouble = undefined
    this.clock.start()
    if (control.stopping) return
    await this.recorder.flush({ status: 'running' }).catch(() => {})
    events.phase('running', this.state.step)
  }

  private async end(): Promise<'finished' | 'stopped'> {
    const { job, session, io, events, control, settings } = this.parts
    if (this.state.step > this.savedStep) await this.save(false)
    const finished = this.state.step >= settings.steps
    if (finished && job.report && !control.stopping) {
      if (this.state.bestStep !== null && this.state.bestStep !== this.state.step) {
        const best = await io.load('best')
        if (best) session.setState({ params: best.session.params })
      }
      const report = await job.report(session, () => this.goOn())
      if (report) {
        events.report(report)
        await this.recorder.flush({ report })
      }
    }
    return finished ? 'finished' : 'stopped'
  }

  /** Passes on the row held back. */
  private async settleRow(): Promise<void> {
    const { row } = this
    this.row = null
    if (!row) return
    try {
      await this.recorder.step(row, this.progress(row))
    } catch (error) {
      if (!isDiskFull(error)) throw error
      this.trouble = error
      this.parts.control.pause()
    }
  }

  private progress(row?: Metric): RunProgress {
    const { step, tokensSeen, bestValLoss, bestStep } = this.state
    return {
      step,
      tokensSeen,
      bestValLoss,
      bestStep,
      elapsedMs: this.clock.elapsed,
      ...(row?.loss === undefined ? {} : { trainLoss: row.loss }),
      ...(row?.valLoss === undefined ? {} : { valLoss: row.valLoss }),
      ...(row?.valAccuracy === undefined ? {} : { valAccuracy: row.valAccuracy }),
    }
  }
}

const isDiskFull = (error: unknown): error is AppError => error instanceof AppError && error.code === 'disk_full'

/** Where a new run stands. */
export function initialState(seed: number): TrainState {
  return {
    step: 0,
    tokensSeen: 0,
    elapsedMs: 0,
    seed,
    cursor: { epoch: 0, index: 0 },
    bestValLoss: null,
    bestStep: null,
  }
}
