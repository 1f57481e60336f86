import type { Backend } from '../../backend.ts'
import type { Tuning } from '../tuning.ts'
import type { TuningReport } from './report.ts'

/** A backend whose kernels can still be chosen. Programs keep the kernels they were recorded with. */
export interface Tunable extends Backend {
  readonly tuning: Tuning
  readonly adapter: GPUAdapterInfo
  readonly limits: GPUSupportedLimits
  /** Records with `tuning` from here on; a report is kept for the diagnostics page. */
  adopt(tuning: Tuning, report?: TuningReport): void
  /** Runs `work`; what the device objects to fails only `work`, not the backend. */
  attempt<T>(work: () => Promise<T>): Promise<T>
}

/** Where choices outlive the window: text by key. */
export interface TuningStore {
  load(key: string): Promise<string | null>
  save(key: string, text: string): Promise<void>
}
