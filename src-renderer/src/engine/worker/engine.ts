import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { Run } from '@shared/contract/schemas.ts'
import { TrainControl } from '@engine/train/control.ts'
import type { Codec } from '@engine/train/codec.ts'
import { startingParams } from '@engine/train/initial.ts'
import type { TrainIo } from '@engine/train/io.ts'
import { prepareJob } from '@engine/train/prepare.ts'
import { RETRY_AFTER_MS, trainRun } from '@engine/train/run.ts'
import type { TuningStore } from '@engine/webgpu/autotune/tunable.ts'
import type { Choice } from './choose-backend.ts'
import { Device, type OpenBackend } from './device.ts'
import { Losses } from './losses.ts'
import type { Findings, Look } from './look.ts'
import { ModelSession, type LoadedModel } from './models.ts'
import type { BackendWish, EngineCommand, EngineEvent, OpenWish } from './protocol.ts'
import { RunDevice } from './run-device.ts'

/** The world of one studio, as the engine needs it. */
export interface Host {
  readonly tunings: TuningStore
  run(runId: string): Promise<Run>
  codec(tokenizerId: string): Promise<Codec>
  io(run: Run): TrainIo
  /** Its adapters merged into their base, where it has such. */
  model(runId: string, prefer: 'best' | 'newest'): Promise<LoadedModel>
  /** Writes the best state of a run with adapters as the whole model of `intoRunId`, a new run, with its curve and samples. */
  merge(runId: string, intoRunId: string): Promise<void>
}

export interface EngineDeps {
  emit(event: EngineEvent): void
  connect(baseUrl: string, token: string): Host
  openBackend(wish: OpenWish, tunings: TuningStore | null): Promise<OpenBackend>
  now(): number
  wait(ms: number): Promise<void>
}

const NAMES = { webgpu: 'WebGPU', cpu: 'the processor' } as const

type Command<T extends EngineCommand['type']> = Extract<EngineCommand, { type: T }>

/** Carries out the page's commands: one run at a time, one model for chatting and sorting, one device under both. */
export class Engine {
  private host: Host | null = null
  private device: Device | null = null
  private wish: BackendWish = { backend: 'auto', threads: 1 }
  private active: { runId: string; control: TrainControl } | null = null
  private model: { loaded: LoadedModel; session: ModelSession | null } | null = null
  private readonly cancelled = new Set<string>()
  private readonly losses: Losses
  /** Whether the device goes because the person wants it to. */
  private letGo = false
  /** Requests take turns: they share one model. */
  private turn: Promise<void> = Promise.resolve()

  constructor(private readonly deps: EngineDeps) {
    this.losses = new Losses(deps.now)
  }

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
          (backend) => {
            this.letGo = true
            backend.lose()
          },
          () => {}, // none is open
        )
      default:
        this.turn = this.turn.then(() => this.request(command))
    }
  }

  private async open({ baseUrl, token, backend, threads }: Command<'open'>): Promise<void> {
    this.host = this.deps.connect(baseUrl, token)
    this.wish = { backend, threads }
    this.device = new Device(
      (choice) => this.openDevice(choice),
      (reason) => this.deviceLost(reason),
    )
    try {
      await this.device.backend()
    } catch (error) {
      this.deps.emit({ type: 'unavailable', error: toErrorData(error) })
    }
  }

  /** Opens a device and tells which it is. */
  private async openDevice(choice?: Choice): Promise<OpenBackend> {
    const { wish, deps } = this
    const { portion } = this.losses
    const asked = { ...wish, ...(choice && { backend: choice.kind }), portion }
    const opened = await deps.openBackend(asked, this.host?.tunings ?? null)
    const careful = portion < 1 && opened.description.kind === 'webgpu'
    const description = { ...opened.description, ...choice, ...(careful && { care: careText(portion) }) }
    deps.emit({ type: 'ready', backend: description })
    return { ...opened, description }
  }

  private async train({ runId, resume, backend: kind }: Command<'train'>): Promise<void> {
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
      const choice = kind && { kind, cause: 'your choice', reason: `You chose ${NAMES[kind]} for this run.` }
      const runDevice = new RunDevice(device, this.wish.backend, choice)
      await trainRun({
        config: run.config,
        settings: run.settings,
        resume,
        prepare: async () => prepareJob(run, await host.codec(run.tokenizerId), io),
        initialParams: async (job) => startingParams(await io.baseParams(), run.config, job.head, run.settings),
        openSession: async (options) => {
          const backend = await runDevice.open()
          const { kind, adapter, threads } = backend.description
          await io.update({ backend: { kind, adapter, ...(threads === undefined ? {} : { threads }) } })
          return backend.createSession(options)
        },
        replaceDevice: () => runDevice.replace(),
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

  private async request(command: Command<'loadModel' | 'generate' | 'classify' | 'merge' | 'look'>): Promise<void> {
    const { emit } = this.deps
    const { requestId } = command
    try {
      if (command.type === 'loadModel') await this.loadModel(command)
      else if (command.type === 'look') emit({ type: 'looked', requestId, findings: await this.look(command.look) })
      else if (command.type === 'merge') {
        await this.opened().host.merge(command.runId, command.intoRunId)
        emit({ type: 'merged', requestId })
      } else {
        await this.answer(command)
      }
    } catch (error) {
      emit({ type: 'requestFailed', requestId, error: toErrorData(error) })
    } finally {
      this.cancelled.delete(requestId)
    }
  }

  /** Has the model write or sort; once more from the start where the device is lost before anything was said. */
  private async answer(command: Command<'generate' | 'classify'>): Promise<void> {
    let said = false
    const work = async () => {
      const session = await this.modelSession()
      if (command.type === 'generate') return this.generate(command, session, () => (said = true))
      const answer = await session.classify(command.text)
      this.deps.emit({ type: 'classified', requestId: command.requestId, ...answer })
    }
    await this.again(work, RETRY_AFTER_MS, () => !said)
  }

  /** Does `work`; once more after each of the pauses where the device is lost, while it may be. */
  private async again<T>(work: () => Promise<T>, pauses: readonly number[], mayBe = () => true): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await work()
      } catch (error) {
        const pause = pauses[tries]
        if (pause === undefined || !mayBe() || !isAway(error, tries > 0)) throw error
        if (this.model) this.model.session = null
        await this.deps.wait(pause)
      }
    }
  }

  private async look(look: Look): Promise<Findings> {
    // What the device says of itself disturbs nobody.
    if (look.at !== 'device') this.refuseWhileTraining()
    const { device } = this.opened()
    // Once more and no oftener: it may be what is looked at that the device does not bear.
    return this.again(async () => (await device.backend()).look(look), RETRY_AFTER_MS.slice(0, 1))
  }

  private async loadModel({ requestId, runId, prefer }: Command<'loadModel'>): Promise<void> {
    const loaded = await this.opened().host.model(runId, prefer)
    this.model?.session?.dispose()
    this.model = { loaded, session: null }
    this.deps.emit({ type: 'modelLoaded', requestId, runId, step: loaded.step })
  }

  private async generate(command: Command<'generate'>, session: ModelSession, onText: () => void): Promise<void> {
    const { emit, now } = this.deps
    const { requestId, prompt, instruct, sampling } = command
    const start = now()
    const { stopReason, tokens, promptCut } = await session.generate(
      prompt,
      instruct,
      sampling,
      (text) => {
        onText()
        emit({ type: 'token', requestId, text })
      },
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
      throw busy('A run is training and keeps the device busy.', 'Pause the run, or wait until it ends.')
    }
  }

  private deviceLost(reason: string): void {
    if (!this.letGo) this.losses.add()
    this.letGo = false
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

/** Whether the device is gone, or not there yet after it was. */
const isAway = (error: unknown, lostBefore: boolean) =>
  error instanceof AppError && (error.code === 'gpu_lost' || (lostBefore && error.code === 'no_gpu'))

const careText = (portion: number) =>
  `The graphics device was lost twice within ten minutes, so it now gets its work in portions of 1/${Math.round(1 / portion)} of the usual length: the driver and the display wait less, and training is a little slower.`

const busy = (message: string, hint: string) => new AppError({ code: 'busy', message, hint })
