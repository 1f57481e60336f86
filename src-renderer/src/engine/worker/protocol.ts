import type { AppErrorData } from '@shared/contract/errors.ts'
import type { ClassificationReport, Metric, Sample, Sampling, StopReason } from '@shared/contract/schemas.ts'
import type { Findings, Look } from './look.ts'

/** What the page tells the engine worker. */
export type EngineCommand =
  /** First of all: how to reach main (the web host's token) and which backend the person wants. */
  | ({ type: 'open'; baseUrl: string; token: string } & BackendWish)
  /**
   * Trains a run that main knows; `resume` continues from its newest checkpoint that verifies. With `backend` the device in use gives
   * way to one of that kind.
   */
  | { type: 'train'; runId: string; resume: boolean; backend?: BackendKind }
  | { type: 'pause' }
  | { type: 'continue' }
  /** Saves a checkpoint, then ends the run as 'stopped'. */
  | { type: 'stop' }
  /** Loads a run's model for generate and classify; answered by 'modelLoaded' or 'requestFailed'. */
  | { type: 'loadModel'; requestId: string; runId: string; prefer: 'best' | 'newest' }
  /** Continues `prompt` with the loaded model; `instruct` wraps it in the template the model was taught. */
  | { type: 'generate'; requestId: string; prompt: string; instruct: boolean; sampling: Sampling }
  | { type: 'classify'; requestId: string; text: string }
  /** Makes the new run `intoRunId` a whole model of a run with adapters; answered by 'merged' or 'requestFailed'. */
  | { type: 'merge'; requestId: string; runId: string; intoRunId: string }
  /** Looks into the device; answered by 'looked' or 'requestFailed'. */
  | { type: 'look'; requestId: string; look: Look }
  | { type: 'cancel'; requestId: string }
  /** Destroys the device, as a driver reset would; for tests and the diagnostics page. */
  | { type: 'loseDevice' }

export type BackendKind = 'webgpu' | 'cpu'

/** What the person chose. */
export interface BackendWish {
  backend: 'auto' | BackendKind
  /** Threads of the CPU backend, at least 1. */
  threads: number
}

/** What to open, and how gently to treat it. */
export interface OpenWish extends BackendWish {
  /** Of the usual portion of work that WebGPU is given at once, above 0 up to 1; 1 when absent. */
  portion?: number
}

export interface BackendDescription {
  kind: BackendKind
  /** Vendor, architecture and description as the adapter gives them; for the CPU what its kernels use. */
  adapter: string
  /** True for a software adapter such as SwiftShader. */
  fallback: boolean
  /** Bytes that one tensor may have at most without being cut up; any number where absent. */
  largestBinding?: number
  /** Threads that compute; of the CPU backend only. */
  threads?: number
  /** Whether it has 16-bit floats, which mixed precision needs; of WebGPU only. */
  f16?: boolean
}

/** Why a backend is the one in use. */
export interface Because {
  /** In two or three words, for the status bar: "no graphics card". */
  cause: string
  /** In a sentence. */
  reason: string
}

export interface ChosenBackend extends BackendDescription, Because {
  /** What is done differently because the device was lost before, in a sentence. */
  care?: string
}

export type TrainPhase = 'loading' | 'running' | 'paused' | 'saving' | 'finished' | 'stopped' | 'failed'

/** What the worker tells the page: scalars and short texts only, metrics at most five times a second. */
export type EngineEvent =
  | { type: 'ready'; backend: ChosenBackend }
  | { type: 'unavailable'; error: AppErrorData }
  | {
      type: 'train'
      runId: string
      phase: TrainPhase
      step: number
      steps: number
      error?: AppErrorData
      note?: string
    }
  | { type: 'metrics'; runId: string; rows: Metric[] }
  | { type: 'sample'; runId: string; sample: Sample }
  | { type: 'checkpoint'; runId: string; step: number; best: boolean }
  | { type: 'report'; runId: string; report: ClassificationReport }
  | { type: 'deviceLost'; reason: string; recovering: boolean }
  | { type: 'modelLoaded'; requestId: string; runId: string; step: number }
  | { type: 'token'; requestId: string; text: string }
  /** `promptCut`: tokens at the front of the prompt that did not fit the context and were not read. */
  | {
      type: 'generated'
      requestId: string
      stopReason: StopReason
      tokens: number
      tokensPerSecond: number
      promptCut: number
    }
  /** Class probabilities in label order; `truncated` when the text was longer than the context. */
  | { type: 'classified'; requestId: string; probabilities: number[]; truncated: boolean }
  | { type: 'merged'; requestId: string }
  | { type: 'looked'; requestId: string; findings: Findings }
  | { type: 'requestFailed'; requestId: string; error: AppErrorData }
