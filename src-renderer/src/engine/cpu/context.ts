import type { Tensor } from '../backend.ts'
import type { CpuTensor } from './memory.ts'
import type { Command } from './program.ts'

/** What an operation's twin needs to become commands. */
export interface CpuContext {
  threads: number
  command(command: Command): void
}

/** Address of an operand's element `offset`; 0 says that it is absent. */
export const at = (tensor: Tensor | undefined, offset = 0): number =>
  tensor ? (tensor as CpuTensor).address + 4 * offset : 0

/** Rows (or other equal pieces) of one task: enough tasks that threads can even each other out, but none too small to be worth handing out. */
export function chunkOf(pieces: number, threads: number, fewest: number): number {
  return Math.max(fewest, Math.ceil(pieces / (4 * threads)))
}
