import type { Program } from '../backend.ts'
import type { OpFacts } from '../profile/profile.ts'
import type { CpuMemory } from './memory.ts'

/** Numbers that a program keeps for its commands: a table, or a range that one command writes for the next. */
export interface Extra {
  /** Numbers (f32 or u32). */
  length: number
  data?: Uint32Array
}

/** An f32 among a command's words. */
export interface Float {
  f32: number
}

/** Address of an extra's number `first`. */
export interface Within {
  extra: Extra
  first: number
}

export type Word = number | Float | Extra | Within

/** One call of a kernel: `tasks` of it are handed out to the threads. */
export interface Command {
  kernel: number
  tasks: number
  /** In the order of the kernel's arguments: addresses and integers as they are. */
  words: readonly Word[]
  /** Bytes of scratch memory that each thread needs. */
  scratch?: number
}

/** A command that was asked for, by operation `op` of the program. */
export interface RecordedCommand {
  command: Command
  op: number
}

export interface Recording {
  label: string
  ops: readonly OpFacts[]
  commands: readonly RecordedCommand[]
}

export interface CpuProgram extends Program {
  /** Where `run` finds it. */
  readonly address: number
  /** The operations recorded, and the commands that they became: address and number of words of each. */
  readonly ops: readonly OpFacts[]
  readonly commands: readonly { op: number; address: number; words: number }[]
}

/** Bytes at the front of a thread's scratch memory that kernels/scratch.ts keeps. */
const EDGE_TILE = 192
export const HEADER_WORDS = 3
const COMMAND_WORDS = 3

/** Writes commands into memory, as kernels/index.ts reads them. @throws AppError 'out_of_memory', with nothing left allocated */
export function buildProgram(
  { label, ops, commands: recorded }: Recording,
  memory: CpuMemory,
  threads: number,
): CpuProgram {
  const commands = recorded.map(({ command }) => command)
  const stride = EDGE_TILE + align64(Math.max(0, ...commands.map(({ scratch = 0 }) => scratch)))
  const extras = [...new Set(commands.flatMap(({ words }) => words.filter(isExtra)))]
  const length = commands.reduce((sum, { words }) => sum + COMMAND_WORDS + words.length, HEADER_WORDS)
  const places = new Map<Extra, number>()
  let bytes = align64(4 * length)
  for (const extra of extras) {
    places.set(extra, bytes)
    bytes += align64(4 * extra.length)
  }
  const scratch = bytes
  bytes += stride * threads
  const address = memory.create(bytes)

  for (const extra of extras) if (extra.data) memory.words(address + places.get(extra)!, extra.length).set(extra.data)
  const out = memory.words(address, length)
  const floats = memory.floats(address, length)
  let at = 0
  const put = (word: Word) => {
    if (typeof word === 'number') out[at] = word
    else if ('f32' in word) floats[at] = word.f32
    else if ('extra' in word) out[at] = address + places.get(word.extra)! + 4 * word.first
    else out[at] = address + places.get(word)!
    at++
  }
  for (const word of [commands.length, address + scratch, stride]) put(word)
  const placed: CpuProgram['commands'][number][] = []
  commands.forEach(({ kernel, tasks, words }, i) => {
    placed.push({ op: recorded[i]!.op, address: address + 4 * at, words: COMMAND_WORDS + words.length })
    for (const word of [kernel, tasks, words.length]) put(word)
    words.forEach(put)
  })
  let live = true
  return {
    label,
    bytes,
    dispatches: commands.length,
    address,
    ops,
    commands: placed,
    free: () => {
      if (live) memory.destroy(address, bytes)
      live = false
    },
  }
}

const isExtra = (word: Word): word is Extra => typeof word === 'object' && 'length' in word
const align64 = (bytes: number) => Math.ceil(bytes / 64) * 64
