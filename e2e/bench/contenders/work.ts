import type { Turn } from '../core/case.ts'
import type { StepShape } from '../model/shapes.ts'

/** What a contender is asked to do, as data that can be sent to a page or a worker. */
export type Task =
  /** One training step: forward, backward, clipping to a global norm of `clip` (0: none), AdamW; the loss is read back. */
  | { kind: 'step'; shape: StepShape; clip: number }
  /** C = A B of `size` x `size` f32 matrices; C, or its last element, is read by the host. */
  | { kind: 'matmul'; size: number; read: 'all' | 'last' }

/** A task that is ready to run. */
export interface Work {
  run(times: number): Promise<Turn>
  dispose(): void
}
