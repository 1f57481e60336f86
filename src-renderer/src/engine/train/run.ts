import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { TrainingSettings, TrainState } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { trainableOf } from '@shared/model/trainable-choice.ts'
import type { Session, SessionOptions, TensorMap } from '@engine/model/session.ts'
import type { TrainControl } from './control.ts'
import type { TrainEvents } from './events.ts'
import type { TrainIo } from './io.ts'
import type { TrainingJob } from './job.ts'
import { initialState, Trainer } from './trainer.ts'

export interface RunParts {
  config: GptConfig
  settings: TrainingSettings
  /** Continue from the newest checkpoint, where there is one. */
  resume: boolean
  /** Reads data and makes the job ready. */
  prepare(): Promise<TrainingJob>
  /** Parameters of a run that starts anew. */
  initialParams(job: TrainingJob): Promise<TensorMap>
  /** Opens the device when there is none (any more), and a session on it. */
  openSession(options: SessionOptions): Promise<Session>
  io: TrainIo
  events: TrainEvents
  control: TrainControl
  /**
   * Asked when the device does not come back: true where sessions are opened on another kind of device from now on, false where there is
   * none or the person does not want it.
   */
  replaceDevice(): boolean
  /** Told when the device is lost, and whether it will be tried again. */
  onDeviceLost(reason: string, recovering: boolean): void
  now(): number
  /** Resolves after `ms` milliseconds. */
  wait(ms: number): Promise<void>
}

/** Pauses before each try to get a lost device back (engine design, "Device loss"). */
export const RETRY_AFTER_MS = [250, 1000, 4000]

/**
 * Trains a run from its start, or its newest checkpoint, to its end. A lost device is opened again and training goes on from the
 * newest checkpoint, with the same losses; one that does not come back may be replaced by the processor. Never rejects: the end, whatever it is, is written to the run and told as a phase.
 */
export async function trainRun(parts: RunParts): Promise<'finished' | 'stopped' | 'failed'> {
  const { io, events } = parts
  let step = 0
  const watched = {
    ...parts,
    events: {
      ...events,
      phase: (...args: Parameters<TrainEvents['phase']>) => {
        step = args[1]
        events.phase(...args)
      },
    },
  }
  try {
    watched.events.phase('loading', 0)
    const outcome = await withRecovery(watched, await parts.prepare())
    await io.update({ status: outcome })
    events.phase(outcome, step)
    return outcome
  } catch (thrown) {
    const error = toErrorData(thrown)
    await io.update({ status: 'failed', error }).catch(() => {}) // the phase below tells it in any case
    events.phase('failed', step, { error })
    return 'failed'
  }
}

async function withRecovery(parts: RunParts, job: TrainingJob): Promise<'finished' | 'stopped'> {
  let { resume } = parts
  let recovering = false
  let tries = 0
  let furthest = -1
  let replaced = false
  let precision = parts.settings.precision ?? 'f32'
  for (;;) {
    let session: Session | null = null
    let state: TrainState | null = null
    try {
      session = await parts.openSession({ ...sessionOptions(parts, job), precision })
      const stored = resume ? await parts.io.load('newest') : null
      const lossScale = stored?.trainState.lossScale
      const initial = stored?.session ?? { params: await parts.initialParams(job) }
      session.setState({ ...initial, ...(lossScale && { lossScale }) })
      state = stored?.trainState ?? initialState(parts.settings.seed)
      const widened = parts.settings.precision === 'mixed' && precision === 'f32' ? [WIDENED] : []
      const notes = [...(replaced ? [movedNote(state.step)] : []), ...widened, ...job.notes, ...(stored?.notes ?? [])]
      replaced = false
      return await new Trainer({ ...parts, job: { ...job, notes }, session }, state).run()
    } catch (error) {
      // Begun where there are 16-bit floats, and going on where there are none.
      if (resume && session === null && precision === 'mixed' && isUnsupported(error)) {
        precision = 'f32'
        continue
      }
      const stillAway = recovering && session === null
      if (!stillAway && !isDeviceLost(error)) throw error
      if (state && state.step > furthest) {
        // It got further than the last time: a fresh set of tries.
        furthest = state.step
        tries = 0
      }
      recovering = true
      resume = true
      const delay = RETRY_AFTER_MS[tries++]
      if (delay === undefined && parts.replaceDevice()) {
        recovering = false
        replaced = true
        tries = 0
        furthest = -1
        continue
      }
      parts.onDeviceLost(toErrorData(error).message, delay !== undefined)
      if (delay === undefined) throw gone()
      await parts.wait(delay)
    } finally {
      session?.dispose()
    }
  }
}

function sessionOptions({ config, settings }: RunParts, job: TrainingJob): SessionOptions {
  const { beta1, beta2, eps, weightDecay, gradClip, batchSize, accumulation, recompute } = settings
  const optimizer = { beta1, beta2, eps, weightDecay, gradClip }
  const trainable = trainableOf(settings.trainable, config, job.head)
  return {
    config,
    head: job.head,
    batchSize,
    seqLen: job.seqLen,
    optimizer,
    trainable,
    accumulate: accumulation,
    recompute,
  }
}

const movedNote = (step: number) =>
  `The graphics device did not come back; the run ${step === 0 ? 'begins anew' : `goes on from step ${step.toLocaleString('en-US')}`} on the processor.`

const WIDENED = 'This device has no 16-bit floats: the run goes on in 32-bit floats, with about the same losses.'

const isUnsupported = (error: unknown) => error instanceof AppError && error.code === 'unsupported'
const isDeviceLost = (error: unknown) => error instanceof AppError && error.code === 'gpu_lost'

function gone(): AppError {
  return new AppError({
    code: 'gpu_lost',
    message: 'The device was lost and did not come back after three tries.',
    hint: 'The last checkpoint is kept. Close other programs that use the graphics card, then resume, or continue on the processor; a smaller batch may help.',
  })
}
