import { EngineClient, type Classified, type EnginePort, type Generated } from '@engine/worker/client.ts'
import type { Findings, Look } from '@engine/worker/look.ts'
import type { BackendKind, ChosenBackend, EngineEvent, TrainPhase } from '@engine/worker/protocol.ts'
import { AppError, type AppErrorData } from '@shared/contract/errors.ts'
import type { ClassificationReport, RunStatus, Sampling, Settings } from '@shared/contract/schemas.ts'
import { defaultThreads, hardwareOf, type Hardware } from '@shared/model/hardware.ts'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { hostSession } from '@/host/client.ts'
import { useRunsStore } from './runs.ts'
import { useStudioStore } from './studio.ts'

export interface Training {
  runId: string
  phase: TrainPhase
  step: number
  steps: number
  error: AppErrorData | null
  /** Why it ended or what it is doing, in one sentence. */
  note: string | null
}

/** The settings that say what to train on. */
export type DeviceSettings = Pick<Settings, 'backend' | 'cpuThreads'>

/** Most threads that this window may compute with. */
export const mostThreads = (): number => navigator.hardwareConcurrency
/** Threads to compute with unless the person says otherwise. */
export const automaticThreads = (): number =>
  Math.min(mostThreads(), defaultThreads(useStudioStore().info?.physicalCores ?? mostThreads()))

const ENDED: readonly TrainPhase[] = ['finished', 'stopped', 'failed']

/** The engine worker: its backend, the training that goes on in it, and the model that is loaded for chat. */
export const useEngineStore = defineStore('engine', () => {
  const client = shallowRef<EngineClient | null>(null)
  const backend = shallowRef<ChosenBackend | null>(null)
  /** Why there is no engine to train with. */
  const unavailable = shallowRef<AppErrorData | null>(null)
  const training = shallowRef<Training | null>(null)
  const deviceLost = shallowRef<{ reason: string; recovering: boolean } | null>(null)
  const reports = shallowRef<Record<string, ClassificationReport>>({})
  const loaded = ref<{ runId: string; step: number; prefer: 'best' | 'newest' } | null>(null)
  /** Settings that a run keeps from being taken up until it has ended. */
  const waiting = shallowRef<DeviceSettings | null>(null)
  let worker: Worker | null = null

  /** The run being trained or paused in this window, until it ends. */
  const activeRunId = computed(() =>
    training.value && !ENDED.includes(training.value.phase) ? training.value.runId : null,
  )
  /** What advice goes by; the processor while the engine starts. */
  const hardware = computed<Hardware>(() =>
    backend.value ? hardwareOf(backend.value) : { kind: 'cpu', threads: automaticThreads() },
  )
  const state = computed(() => (unavailable.value ? 'unavailable' : backend.value ? 'ready' : 'starting'))

  /** Starts the worker, in place of the one that runs. */
  function start(settings: DeviceSettings): void {
    worker?.terminate()
    client.value?.close()
    waiting.value = null
    backend.value = null
    unavailable.value = null
    deviceLost.value = null
    loaded.value = null
    worker = new Worker(new URL('../engine/worker/worker.ts', import.meta.url), { type: 'module' })
    client.value = new EngineClient(worker as EnginePort)
    client.value.on(receive)
    const threads = Math.min(mostThreads(), settings.cpuThreads ?? automaticThreads())
    client.value.send({ type: 'open', ...hostSession(), backend: settings.backend, threads })
  }

  /** Starts anew with other settings: at once, or as soon as the run in progress has ended. */
  function restart(settings: DeviceSettings): void {
    if (activeRunId.value === null) start(settings)
    else waiting.value = settings
  }
  watch(activeRunId, (id) => {
    if (id === null && waiting.value) start(waiting.value)
  })

  function receive(event: EngineEvent): void {
    const runs = useRunsStore()
    switch (event.type) {
      case 'ready':
        backend.value = event.backend
        unavailable.value = null
        deviceLost.value = null
        return
      case 'unavailable':
        unavailable.value = event.error
        return
      case 'train':
        training.value = {
          runId: event.runId,
          phase: event.phase,
          step: event.step,
          steps: event.steps,
          error: event.error ?? null,
          // Said once, it stays until the run starts anew.
          note: event.note ?? (event.phase === 'loading' ? null : noteOf(event.runId)),
        }
        if (event.phase === 'running') deviceLost.value = null
        onPhase(event.runId, event.phase, event.step)
        return
      case 'metrics':
        runs.onMetrics(event.runId, event.rows)
        if (training.value?.runId === event.runId) {
          training.value = { ...training.value, step: event.rows.at(-1)?.step ?? training.value.step }
        }
        return
      case 'sample':
        runs.onSample(event.runId, event.sample)
        return
      case 'checkpoint':
        void runs.refresh(event.runId)
        return
      case 'report':
        reports.value = { ...reports.value, [event.runId]: event.report }
        return
      case 'token':
      case 'classified':
        // The device answers (again).
        deviceLost.value = null
        return
      case 'deviceLost':
        deviceLost.value = { reason: event.reason, recovering: event.recovering }
        loaded.value = null
        return
    }
  }

  const noteOf = (runId: string) => (training.value?.runId === runId ? training.value.note : null)

  function onPhase(runId: string, phase: TrainPhase, step: number): void {
    const runs = useRunsStore()
    const statuses: Partial<Record<TrainPhase, RunStatus>> = {
      running: 'running',
      paused: 'paused',
      finished: 'finished',
      stopped: 'stopped',
      failed: 'failed',
    }
    const status = statuses[phase]
    if (status) runs.onStatus(runId, { status, step })
    if (ENDED.includes(phase)) void runs.refresh(runId)
  }

  function open(): EngineClient {
    if (unavailable.value) throw new AppError(unavailable.value)
    if (!client.value) throw new AppError({ code: 'busy', message: 'The engine is still starting.' })
    return client.value
  }

  /** Trains a run from its start, or from its newest checkpoint; `on` another kind of device than the one in use. */
  function train(runId: string, resume = false, on?: BackendKind): void {
    // The processor can be turned to also where the engine wanted has no device.
    const engine = on && client.value ? client.value : open()
    const run = useRunsStore().byId(runId)
    training.value = {
      runId,
      phase: 'loading',
      step: run?.step ?? 0,
      steps: run?.settings.steps ?? 0,
      error: null,
      note: null,
    }
    loaded.value = null
    engine.send({ type: 'train', runId, resume, ...(on ? { backend: on } : {}) })
  }
  const pause = () => open().send({ type: 'pause' })
  const resume = () => open().send({ type: 'continue' })
  /** Saves a checkpoint and ends the run. */
  const stop = () => open().send({ type: 'stop' })
  const loseDevice = () => open().send({ type: 'loseDevice' })

  /** Loads a run's model unless it is the one loaded; resolves to the step of its checkpoint. */
  async function loadModel(runId: string, prefer: 'best' | 'newest' = 'best'): Promise<number> {
    if (loaded.value?.runId === runId && loaded.value.prefer === prefer) return loaded.value.step
    loaded.value = null
    const step = await open().loadModel(runId, prefer)
    loaded.value = { runId, step, prefer }
    return step
  }
  /** Continues a prompt with the loaded model; `onText` gets the pieces as they come. */
  const generate = (
    request: { prompt: string; instruct: boolean; sampling: Sampling },
    onText: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<Generated> => open().generate(request, onText, signal)
  /** Makes the new run `intoRunId` a whole model of a run with adapters. */
  const merge = (runId: string, intoRunId: string): Promise<void> => open().merge(runId, intoRunId)
  const classify = (text: string): Promise<Classified> => open().classify(text)

  /** Looks into the device. */
  const look = <At extends Look['at']>(at: Look & { at: At }): Promise<Findings & { at: At }> => open().look<At>(at)

  return {
    backend,
    unavailable,
    training,
    deviceLost,
    reports,
    loaded,
    activeRunId,
    hardware,
    waiting,
    state,
    start,
    restart,
    train,
    pause,
    resume,
    stop,
    loseDevice,
    loadModel,
    generate,
    classify,
    merge,
    look,
  }
})
