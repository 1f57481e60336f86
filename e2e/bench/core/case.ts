/** What one turn of a contender gave. */
export interface Turn {
  /** Milliseconds for one piece of work: the mean over the turn. */
  ms: number
  /** What shows that the work was done right, one number for each piece of work (a training step's loss); empty where there is none. */
  values: number[]
}

/** One of those who are compared: does the same work as the others, times itself, and leaves nothing running when its turn ends. */
export interface Contender {
  /** With version and what it runs on. */
  readonly name: string
  prepare(): Promise<void>
  /** Does the work `times` times and waits until it is done. */
  run(times: number): Promise<Turn>
  dispose(): Promise<void>
}

/** A contender that this machine does not have. */
export interface Missing {
  readonly name: string
  /** Why, and how to get it, in one sentence. */
  readonly missing: string
}

/** A figure derived from the time of one piece of work. */
export interface Rate {
  unit: string
  /** Amount of work in that unit times seconds: tokens for tok/s, 1e-9 of the operations for GFLOP/s. */
  work: number
}

/** One comparison. The first contender is ours; the ratios are ours over each of the others. */
export interface Case {
  /** Name for --only. */
  id: string
  /** What is done, with its sizes. */
  title: string
  contenders: () => Promise<(Contender | Missing)[]>
  /** Rounds that count; --rounds takes its place. */
  rounds: number
  /** Rounds before them. */
  warmUp: number
  /** Pieces of work in one turn: more than one where one is so short that a turn would be noise. */
  times: number
  rates: Rate[]
  /** Seconds after which a slow contender takes no part in the further rounds. */
  budgetS: number
  /** Largest relative difference between the values of ours and another's; absent where there are none. */
  tolerance?: number
  /** From this value on ten times as much may lie between them, where each value's rounding goes into the next; never when absent. */
  driftsFrom?: number
  /** Free memory without which the case is left out, in bytes. */
  needsBytes?: number
  /** Lines to print below the table, from what was measured. */
  notes?: (results: ContenderResult[]) => string[]
}

export interface ContenderResult {
  name: string
  /** Milliseconds of each round that counted; empty when missing. */
  ms: number[]
  /** All values from the first warm-up on. */
  values: number[]
  missing?: string
}

export interface CaseResult {
  id: string
  title: string
  warmUp: number
  times: number
  contenders: ContenderResult[]
  /** Share of the cores' time that other processes used meanwhile, 0 .. 1; null when it was not measured. */
  othersBusy: number | null
  /** Values that are not what ours gave. */
  disagreements: string[]
  notes: string[]
}

/** A named set of cases: `npm run bench -- NAME`. */
export interface Suite {
  name: string
  help: string
  /** Opens what its cases share. `versions` are printed and kept. */
  open(options: BenchOptions): Promise<OpenSuite>
}

/** A look at our own engine alone, after the comparisons. */
export interface Section {
  /** Name for --only. */
  id: string
  title: string
  measure(): Promise<{ lines: string[]; data: unknown }>
}

export interface OpenSuite {
  versions: Record<string, string>
  cases: Case[]
  sections?: Section[]
  close(): Promise<void>
}

export interface BenchOptions {
  /** Threads of every contender that lets them be set. */
  threads: number
  /** WebGPU through Dawn in Node instead of a browser. */
  node: boolean
}
