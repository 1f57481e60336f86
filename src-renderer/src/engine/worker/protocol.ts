import type { AppErrorData } from '@shared/contract/errors.ts'
import type { ClassificationReport, Metric, Sample, Sampling, StopReason } from '@shared/contract/schemas.ts'

/** What the page tells the engine worker. */
export type EngineCommand =
  /** First of all: how to reach main (the web host's token) and which backend the person chose. */
  | { type: 'open'; baseUrl: string; token: string; backend: 'auto' | 'webgpu' | 'cpu' }
  /** Trains a run that main knows; `resume` continues from its newest checkpoint that verifies. */
  | { type: 'train'; runId: string; resume: boolean }
  | { type: 'pause' }
  | { type: 'continue' }
  /** Saves a checkpoint, then ends the run as 'stopped'. */
  | { type: 'stop' }
  /** Loads a run's model for generate and classify; answered by 'modelLoaded' or 'requestFailed'. */
  | { type: 'loadModel'; requestId: string; runId: string; prefer: 'best' | 'newest' }
  /** Continues `prompt` with the loaded model; `instruct` wraps it in the template the model was taught. */
  | { type: 'generate'; requestId: string; prompt: string; instruct: boolean; sampling: Sampling }
  | { type: 'classify'; requestId: string; text: string }
  | { type: 'cancel'; requestId: string }
  /** Destroys the device, as a driver reset would; for tests and the diagnostics page. */
  | { type: 'loseDevice' }

export interface BackendDescription {
  kind: 'webgpu' | 'cpu'
  /** Vendor, architecture and description as the adapter gives them. */
  adapter: string
  /** True for a software adapter such as SwiftShader. */
  fallback: boolean
}

export type TrainPhase = 'loading' | 'running' | 'paused' | 'saving' | 'finished' | 'stopped' | 'failed'

/** What the worker tells the page: scalars and short texts only, metrics at most ten times a second. */
export type EngineEvent =
  | { type: 'ready'; backend: BackendDescription }
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
  | { type: 'requestFailed'; requestId: string; error: AppErrorData }
