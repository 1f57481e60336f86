import { rate, type Peaks } from '../profile/profile.ts'
import { COPY, PEAK_FMA } from './kernels/ids.ts'
import type { CpuMemory } from './memory.ts'
import type { Command } from './program.ts'

/** Of kernels/peak.ts: 12 chains of four lanes, two multiply-adds in each round. */
const FLOPS_OF_ROUND = 2 * 2 * 12 * 4
const ROUNDS = 10_000
/** Tasks for each thread, so that one which is held up leaves its share to others. */
const TASKS = 4
/** Milliseconds from which on a run says what the processor can do. */
const LONG_ENOUGH = 50
const RUNS = 4
/** Each way: more than the caches of most processors. */
const COPIED = 96 * 2 ** 20
const CHUNK = 2 ** 20

export interface PeakTools {
  memory: CpuMemory
  threads: number
  /** Milliseconds that one command takes. */
  time(command: Command): number
}

/** What the processor does at most with all threads: multiply-adds in registers, and a copy of more than its caches hold. */
export function measurePeaks(tools: PeakTools): Peaks {
  return { f32: fmaPeak(tools), f16: null, copy: copyPeak(tools) }
}

function fmaPeak({ memory, threads, time }: PeakTools): number {
  const tasks = TASKS * threads
  const bytes = 16 * tasks
  const out = memory.create(bytes)
  const command = (rounds: number): Command => ({
    kernel: PEAK_FMA,
    tasks,
    // x = x / 2 + 1 / 2 goes to 1 and stays there.
    words: [out, rounds, { f32: 0.5 }, { f32: 0.5 }],
  })
  try {
    let rounds = ROUNDS
    while (time(command(rounds)) < LONG_ENOUGH) rounds *= 2
    return best(() => rate(tasks * rounds * FLOPS_OF_ROUND, time(command(rounds))))
  } finally {
    memory.destroy(out, bytes)
  }
}

function copyPeak({ memory, time }: PeakTools): number {
  const both = memory.create(2 * COPIED)
  const command = { kernel: COPY, tasks: COPIED / CHUNK, words: [both, both + COPIED, CHUNK] }
  try {
    return best(() => rate(2 * COPIED, time(command)))
  } finally {
    memory.destroy(both, 2 * COPIED)
  }
}

const best = (measure: () => number) => Math.max(...Array.from({ length: RUNS }, measure))
