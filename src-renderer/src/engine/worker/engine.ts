import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { Run } from '@shared/contract/schemas.ts'
import { TrainControl } from '@engine/train/control.ts'
import type { Codec } from '@engine/train/codec.ts'
import { finetuneParams, initialParams } from '@engine/train/initial.ts'
import type { TrainIo } from '@engine/train/io.ts'
import { prepareJob } from '@engine/train/prepare.ts'
import { trainRun } from '@engine/train/run.ts'
import { Device, type OpenBackend } from './device.ts'
import { ModelSession, type LoadedModel } from './models.ts'
import type { EngineCommand, EngineEvent } from './protocol.ts'

/** The world of one studio, as the engine needs it. */
export interface Host {
  run(runId: string): Promise<Run>
  codec(tokenizerId: string): Promise<Codec>
  io(run: Run): TrainIo
  model(runId: string, prefer: 'best' | 'newest'): Promise<LoadedModel>
}

export interface EngineDeps {
  emit(event: EngineEvent): void
  connect(baseUrl: string, token: string): Host
  openBackend(choice: 'auto' | 'webgpu' | 'cpu'): Promise<OpenBackend>
  now(): number
  wait(ms: number): Promise<void>
}

type Command<T extends EngineCommand['type']> = Extract<EngineCommand, { type: T }>

/** Carries out the page's commands: one run at a time, one model for chatting and sorting, one device under both. */
export class Engine {
  private host: Host | null = null
  private device: Device | null = null
  private active: { runId: string; control: TrainControl } | null = null
  private model: { loaded: LoadedModel; session: ModelSession | null } | null = null
  private readonly cancelled = new Set<string>()
  /** Requests take turns: they share one model. */
  private turn: Promise<void> = Promise.resolve()

  constructor(private readonly deps: EngineDeps) {}

  /** Starts a command; what comes of it is told by events. */
  handle(command: EngineCommand): void {
    switch (command.type) {
      case 'open':
        return void this.open(command)
      case 'train':
        return void this.train(command)
      case 'pause':
        return this.active?.control.pause()
      case 'continue':
        return this.active?.control.continue()
      case 'stop':
        return this.active?.control.stop()
      case 'cancel':
        return void this.cancelled.add(command.requestId)
      case 'loseDevice':
        return void this.device?.backend().then(
          (backend) => backend.lose(),
          () => {}, // none is open
        )
      default:
        this.turn = this.turn.then(() => this.request(command))
    }
  }

  private async open({ baseUrl, token, backend: choice }: Command<'open'>): Promise<void> {
    this.host = this.deps.connect(baseUrl, token)
    this.device = new Device(
      () => this.deps.openBackend(choice),
      (reason) => this.deviceLost(reason),
    )
    try {
      const { description } = await this.device.backend()
      this.deps.emit({ type: 'ready', backend: description })
    } catch (error) {
      this.deps.emit({ type: 'unavailable', error: toErrorData(error) })
    }
  }

  private async train({ runId, resume }: Command<'train'>): Promise<void> {
    const { emit, now, wait } = this.deps
    const fail = (error: unknown) =>
      emit({ type: 'train', runId, phase: 'failed', step: 0, steps: 0, error: toErrorData(error) })
    if (this.active) return fail(busy('Another run is training.', 'Stop it, or wait until it ends.'))
    const control = new TrainControl()
    this.active = { runId, control }
    try {
      const { host, device } = this.opened()
      const run = await host.run(runId)
      const io = host.io(run)
      const { steps } = run.settings
      await trainRun({
        config: run.config,
        settings: run.settings,
        resume,
        prepare: async () => prepareJob(run, await host.codec(run.tokenizerId), io),
        initialParams: async (job) => {
          const base = await io.baseParams()
          return base
            ? finetuneParams(base, run.config, job.head, run.settings.seed)
            : initialParams(run.config, job.head, run.settings.seed)
        },
        openSession: async (options) => {
          const backend = await device.backend()
          const { kind, adapter } = backend.description
          await io.update({ backend: { kind, adapter } })
          return backend.createSession(options)
        },
        io,
        control,
        onDeviceLost: (reason, recovering) => emit({ type: 'deviceLost', reason, recovering }),
        events: {
          phase: (phase, step, extra) => emit({ type: 'train', runId, phase, step, steps, ...extra }),
          metrics: (rows) => emit({ type: 'metrics', runId, rows }),
          sample: (sample) => emit({ type: 'sample', runId, sample }),
          checkpoint: (step, best) => emit({ type: 'checkpoint', runId, step, best }),
          report: (report) => emit({ type: 'report', runId, report }),
        },
        now,
        wait,
      })
    } catch (error) {
      fail(error)
    } finally {
      this.active = null
    }
  }

  private async request(command: Command<'loadModel' | 'generate' | 'classify'>): Promise<void> {
    const { emit } = this.deps
    const { requestId } = command
    try {
      if (command.type === 'loadModel') await this.loadModel(command)
      else {
        const session = await this.modelSession()
        if (command.type === 'classify') {
          emit({ type: 'classified', requestId, ...(await session.classify(command.text)) })
        } else await this.generate(command, session)
      }
    } catch (error) {
      emit({ type: 'requestFailed', requestId, error: toErrorData(error) })
    } finally {
      this.cancelled.delete(requestId)
    }
  }

  private async loadModel({ requestId, runId, prefer }: Command<'loadModel'>): Promise<void> {
    const loaded = await this.opened().host.model(runId, prefer)
    this.model?.session?.dispose()
    this.model = { loaded, session: null }
    this.deps.emit({ type: 'modelLoaded', requestId, runId, step: loaded.step })
  }

  private async generate(command: Command<'generate'>, session: ModelSession): Promise<void> {
    const { emit, now } = this.deps
    const { requestId, prompt, instruct, sampling } = command
    const start = now()
    const { stopReason, tokens, promptCut } = await session.generate(
      prompt,
      instruct,
      sampling,
      (text) => emit({ type: 'token', requestId, text }),
      async () => !this.cancelled.has(requestId),
    )
    const seconds = (now() - start) / 1000
    const tokensPerSecond = seconds > 0 ? tokens / seconds : 0
    emit({ type: 'generated', requestId, stopReason, tokens, tokensPerSecond, promptCut })
  }

  /** The loaded model on the device, put there when it is not (yet, or after a loss). */
  private async modelSession(): Promise<ModelSession> {
    this.refuseWhileTraining()
    const { device } = this.opened()
    const { model } = this
    if (!model) {
      throw new AppError({ code: 'not_found', message: 'No model is loaded.', hint: 'Choose a model first.' })
    }
    model.session ??= await ModelSession.open(model.loaded, (options) => device.session(options))
    return model.session
  }

  private refuseWhileTraining(): void {
    if (this.active && !this.active.control.paused) {
      throw busy('A run is training, and the graphics device is busy with it.', 'Pause the run, or wait until it ends.')
    }
  }

  private deviceLost(reason: string): void {
    // What stood on the device is gone with it; it is put on the next one when needed.
    if (this.model) this.model.session = null
    // A run in progress tells it itself, with what it does about it.
    if (!this.active) this.deps.emit({ type: 'deviceLost', reason, recovering: true })
  }

  private opened(): { host: Host; device: Device } {
    const { host, device } = this
    if (host && device) return { host, device }
    throw new AppError({ code: 'internal', message: 'The engine was not opened.', hint: 'Reload the window.' })
  }
}

const busy = (message: string, hint: string) => new AppError({ code: 'busy', message, hint })
