import type { OpTiming, ProgramProfile } from '../profile/profile.ts'
import type { CpuMemory } from './memory.ts'
import { HEADER_WORDS, type CpuProgram } from './program.ts'

/** Runs a program once, a command at a time, with the clock of the machine read between. */
export function profileProgram(
  { address, ops, commands }: CpuProgram,
  memory: CpuMemory,
  run: (address: number) => void,
): ProgramProfile {
  const timings: OpTiming[] = ops.map((facts) => ({ ...facts, ms: 0, dispatches: 0 }))
  const most = Math.max(0, ...commands.map(({ words }) => words))
  const bytes = 4 * (HEADER_WORDS + most)
  // A program of one command at a time, with the scratch memory of the whole one.
  const single = memory.create(bytes)
  try {
    const header = memory.words(address, HEADER_WORDS)
    memory.words(single, HEADER_WORDS).set([1, header[1]!, header[2]!])
    for (const { op, address: from, words } of commands) {
      memory.words(single + 4 * HEADER_WORDS, words).set(memory.words(from, words))
      const start = performance.now()
      run(single)
      timings[op]!.ms += performance.now() - start
      timings[op]!.dispatches++
    }
  } finally {
    memory.destroy(single, bytes)
  }
  return { clock: 'wall', ops: timings }
}
