import type { GptConfig, Head } from './config.ts'
import type { Hardware } from './hardware.ts'
import { bytesOf } from './layout.ts'
import { trainingMemory, type MemoryEstimate } from './memory.ts'
import { sessionTensors, type Precision, type Recompute } from './tensors.ts'
import { trainAll, type Trainable } from './trainable.ts'

/** How a step is spread over time to take less memory at once. */
export interface MemoryWay {
  /** Examples on the device at once. */
  batchSize: number
  accumulation: number
  recompute: Recompute
  /** In plain words; null for what was asked for. */
  reason: string | null
}

export interface MemoryWish {
  config: GptConfig
  head?: Head
  seqLen: number
  batchSize: number
  accumulation?: number
  trainable?: Trainable
  /** A level that was chosen by hand stays. */
  recompute?: Recompute | 'auto'
  /** f32 when absent. */
  precision?: Precision
}

export interface MemoryFit extends MemoryWay {
  memory: MemoryEstimate
  /** False where no way fits; then it is the smallest. */
  fits: boolean
}

/** Bytes that training on the processor can use at all: its memory is counted in 32 bits. */
export const CPU_BYTES = 2 ** 32

/**
 * Bytes that training may take at most, as far as is known: a browser does not tell how much memory a graphics card has.
 * @param systemBytes of the whole computer
 */
export const memoryBudget = ({ kind }: Pick<Hardware, 'kind'>, systemBytes = Infinity): number =>
  Math.min(kind === 'cpu' ? CPU_BYTES : Infinity, 0.8 * systemBytes)

/** Tokens at once that keep a device busy: down to this many, smaller batches cost nothing. */
const BUSY_TOKENS = 1024

/** Share of work that a level adds, in words. */
const LEVELS: Record<1 | 2, string> = {
  1: 'What norms and GELU give is worked out again instead of kept: the same numbers, slightly slower.',
  2: 'Of each block only what goes in is kept, and the rest worked out again: the same numbers, about a third more work.',
}

/**
 * What was asked for, then what takes less and less memory, as it costs least time: smaller batches, more of them to a step, while they
 * keep the device busy; then working activations out again; then smaller batches still. A step sees the same examples in all.
 */
export function memoryWays({ seqLen, batchSize, accumulation = 1, recompute = 'auto' }: MemoryWish): MemoryWay[] {
  let way: MemoryWay = { batchSize, accumulation, recompute: recompute === 'auto' ? 0 : recompute, reason: null }
  const ways = [way]
  const add = (next: Omit<MemoryWay, 'reason'>, reason: string) => ways.push((way = { ...next, reason }))
  const split = (fewest: number) => {
    while (way.batchSize > 1) {
      const part = smallestDivisor(way.batchSize)
      const [size, count] = [way.batchSize / part, way.accumulation * part]
      if (size * seqLen < fewest) return
      const reason = `Batches of ${size}, ${count} to a step: a step sees as many examples as before, in less memory at once.`
      add({ ...way, batchSize: size, accumulation: count }, reason)
    }
  }
  split(BUSY_TOKENS)
  if (recompute === 'auto') for (const level of [1, 2] as const) add({ ...way, recompute: level }, LEVELS[level])
  split(0)
  return ways
}

/** The first way that fits into `budget` bytes, with every reason that led to it. */
export function fitMemory(wish: MemoryWish, hardware: Hardware, budget: number): MemoryFit & { reasons: string[] } {
  const reasons: string[] = []
  let fit: MemoryFit | undefined
  for (const way of memoryWays(wish)) {
    const memory = memoryOf(wish, way, hardware)
    if (way.reason) reasons.push(way.reason)
    fit = { ...way, memory, fits: memory.total <= budget && bindable(wish, way, hardware) }
    if (fit.fits) break
  }
  // Each split takes the place of the one before, and so does each level.
  const isSplit = (reason: string) => reason.startsWith('Batches of')
  const lasts = [reasons.findLast((reason) => isSplit(reason)), reasons.findLast((reason) => !isSplit(reason))]
  return { ...fit!, reasons: lasts.filter((reason) => reason !== undefined) }
}

function memoryOf(wish: MemoryWish, { batchSize, accumulation, recompute }: MemoryWay, hardware: Hardware) {
  const { config, head = { kind: 'lm' }, seqLen, trainable, precision = 'f32' } = wish
  const options = { recompute, accumulate: accumulation, hardware, precision }
  return trainingMemory(config, head, batchSize, seqLen, trainable, options)
}

/** Whether every tensor of activations can be bound whole; parameters are cut where they must be. */
function bindable(wish: MemoryWish, way: MemoryWay, { largestBinding: largest = Infinity }: Hardware): boolean {
  const { config, head = { kind: 'lm' }, seqLen, trainable = trainAll(config), precision = 'f32' } = wish
  if (largest === Infinity) return true
  const { batchSize: batch, recompute } = way
  const shape = { config, head, batch, seqLen, training: true, trainable, recompute, largest, precision }
  const { activations } = sessionTensors(shape)
  return activations.every((spec) => bytesOf(spec) <= largest)
}

function smallestDivisor(n: number): number {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return d
  return n
}
