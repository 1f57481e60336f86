import type { Backend, Ops, Program } from '../backend.ts'

export type OpName = keyof Ops

/** One operation of a program, in the numbers that its time is judged by. */
export interface OpFacts {
  op: OpName
  /** Layout, sizes and what is fused into it: "nn 512 x 384 x 128, bias". */
  detail: string
  /** Floating-point operations that the result needs, a multiply-add counting two; what a kernel does twice counts once. */
  flops: number
  /** Bytes that must be read and written at least, each once. */
  bytes: number
}

export interface OpTiming extends OpFacts {
  /** Milliseconds on the device. */
  ms: number
  /** Dispatches (or commands) it became. */
  dispatches: number
}

/** Where times come from: the device's own timestamps, or the clock of the machine while operations are repeated one kind at a time. */
export type ProfileClock = 'timestamps' | 'wall'

export interface ProgramProfile {
  clock: ProfileClock
  /** In the order of the program. */
  ops: readonly OpTiming[]
}

/** What a device does at most, measured on it. */
export interface Peaks {
  /** Multiply-adds in registers, GFLOP/s. */
  f32: number
  /** The same in 16-bit floats; null where the device has none. */
  f16: number | null
  /** A copy from memory to memory, GB/s read and written together. */
  copy: number
}

/** All operations of the same kind and sizes. */
export interface OpGroup extends OpTiming {
  /** How many there are. */
  count: number
}

/** Adds up what has the same name and detail; the longest first. */
export function groupOps(ops: readonly OpTiming[], key: (timing: OpTiming) => string = kindOf): OpGroup[] {
  const groups = new Map<string, OpGroup>()
  for (const timing of ops) {
    const group = groups.get(key(timing))
    if (!group) groups.set(key(timing), { ...timing, count: 1 })
    else {
      group.count++
      for (const sum of ['ms', 'flops', 'bytes', 'dispatches'] as const) group[sum] += timing[sum]
    }
  }
  return [...groups.values()].sort((a, b) => b.ms - a.ms)
}

const kindOf = ({ op, detail }: OpTiming) => `${op} ${detail}`

/** GFLOP/s or GB/s: `work` in `ms` milliseconds. 0 where nothing was timed. */
export const rate = (work: number, ms: number): number => (ms > 0 ? work / ms / 1e6 : 0)

/** Something about a device that a person may want to know. */
export interface Fact {
  name: string
  /** With its unit. */
  value: string
  /** Why it is so, or what it means. */
  why?: string
}

export interface FactGroup {
  title: string
  facts: Fact[]
}

/** A backend that can be looked into, which costs nothing while nobody looks. */
export interface InspectableBackend extends Backend {
  /** What is known of the device and of how its kernels were chosen. */
  facts(): FactGroup[]
  /** Runs `program` once or more, as `run` does, and times each of its operations. The device should have nothing else to do. */
  profile(program: Program): Promise<ProgramProfile>
  /** What the device does at most; measured at the first call, in a second or two. */
  peaks(): Promise<Peaks>
}
