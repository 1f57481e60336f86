import type { AppErrorData } from '@shared/contract/errors.ts'
import type { Counters, MemoryCategory, TensorSpec } from '@engine/backend.ts'
import type { VariantCheck } from '@engine/webgpu/autotune/report.ts'
import type { Tile, Tuning } from '@engine/webgpu/tuning.ts'
import type { BackendDescription } from '@engine/worker/protocol.ts'

/** A tensor of an allocation, or all of it where `name` is null: what stands for either in a message. */
export interface Ref {
  allocation: number
  name: string | null
  $ref: true
}

export const isRef = (value: unknown): value is Ref => typeof value === 'object' && value !== null && '$ref' in value

/** One operation of the catalogue, as it was asked for. */
export interface Call {
  op: string
  args: unknown
}

/** What the tests' process asks of the one with the device. Numbers of allocations and programs are chosen by who asks. */
export type Request =
  | { type: 'open'; tuning: Tuning; largest?: number }
  | { type: 'check'; tile: Tile }
  | { type: 'allocate'; key: number; category: MemoryCategory; specs: readonly TensorSpec[]; packed: boolean }
  | { type: 'record'; key: number; label: string; calls: readonly Call[] }
  | { type: 'run'; program: number }
  | { type: 'write'; tensor: Ref; data: Float32Array | Uint32Array | Int32Array }
  | { type: 'read'; tensor: Ref; start: number; length: number }
  | { type: 'free'; key: number }

export interface Answers {
  open: BackendDescription
  /** Of the tile's kernels with 16-bit floats. */
  check: VariantCheck
  /** Bytes. */
  allocate: number
  record: { bytes: number; dispatches: number }
  run: null
  write: null
  read: Float32Array
  free: null
}

export type Answer =
  | { id: number; value: Answers[keyof Answers]; counters: Counters }
  | { id: number; error: AppErrorData; counters?: Counters }
