import type { KernelCall, Operand } from './kernel.ts'

/** What a device is taken to do before anything was timed: a slow one of its kind, so that first submits are short rather than long. */
export interface Speed {
  /** Operations, and bytes, in a millisecond. */
  flops: number
  bytes: number
  /** Milliseconds of a dispatch that does nothing. */
  dispatch: number
}

const SLOW_CARD: Speed = { flops: 4e8, bytes: 2e7, dispatch: 0.01 }
const SOFTWARE: Speed = { flops: 4e6, bytes: 2e6, dispatch: 0.02 }

/** @param gflops at which a card's large products were timed, where they were: the rest of its work is taken to go half as fast */
export const speedOf = (fallback: boolean, gflops?: number): Speed =>
  fallback ? SOFTWARE : { ...SLOW_CARD, ...(gflops !== undefined && { flops: (gflops * 1e6) / 2 }) }

/** Milliseconds that a dispatch may take, by its operations and the bytes it touches, which are all it binds unless it says otherwise. */
export function estimate({ flops = 0, bytes: touched, bindings }: KernelCall, speed: Speed): number {
  const bytes = touched ?? bindings.reduce((sum, operand) => sum + bytesOf(operand), 0)
  return speed.dispatch + Math.max(flops / speed.flops, bytes / speed.bytes)
}

function bytesOf(operand: Operand | null): number {
  if (operand === null) return 0
  return 'data' in operand ? operand.data.byteLength : 4 * operand.length
}

/** Most dispatches of one submit, whatever they take. */
const MOST_DISPATCHES = 512
/** A slice may take this much longer than it should before the program is cut anew. */
const TOLERANCE = 1.25
/** It is also cut anew when this share of its slices would do. */
const FEWER = 0.6
/** How much one timing may change an estimate: a machine that slept is no slow dispatch. */
const MOST_CHANGE = 4

/**
 * Where a program is cut into submits, so that the display, which takes its turn between submits, never waits long, and none comes near
 * the time at which a driver gives up (2 s on Windows). Begins with estimates; each submit's own time corrects those of its dispatches.
 */
export class Slices {
  private readonly ms: Float64Array
  private cuts: number[]

  /** @param estimates milliseconds of each dispatch. @param sliceMs what one submit should take at most */
  constructor(
    estimates: ArrayLike<number>,
    private readonly sliceMs: number,
  ) {
    this.ms = Float64Array.from(estimates)
    this.cuts = this.cut()
  }

  /** The dispatch after the last of each slice, ascending; at least one unless the program is empty. */
  get ends(): readonly number[] {
    return this.cuts
  }

  /** Milliseconds that dispatches `from` .. `to` - 1 are thought to take. */
  sum(from: number, to: number): number {
    let sum = 0
    for (let i = from; i < to; i++) sum += this.ms[i]!
    return sum
  }

  /** Told how long the submit of dispatches `from` .. `to` - 1 took. */
  learn(from: number, to: number, ms: number): void {
    const ratio = Math.min(MOST_CHANGE, Math.max(1 / MOST_CHANGE, ms / this.sum(from, to)))
    // Half way, so that one odd timing does not count for much.
    const change = Math.sqrt(ratio)
    for (let i = from; i < to; i++) this.ms[i]! *= change
    if (to === this.ms.length && this.outOfShape()) this.cuts = this.cut()
  }

  private outOfShape(): boolean {
    const { cuts, sliceMs } = this
    if (cuts.length > 1 && this.sum(0, this.ms.length) / sliceMs < FEWER * cuts.length) return true
    return cuts.some((end, i) => {
      const from = cuts[i - 1] ?? 0
      return end - from > 1 && this.sum(from, end) > TOLERANCE * sliceMs
    })
  }

  /** Slices of about equal time: a short one at the end would only leave the device waiting. */
  private cut(): number[] {
    const { ms, sliceMs } = this
    const total = this.sum(0, ms.length)
    const wanted = total / Math.max(1, Math.ceil(total / sliceMs))
    const cuts: number[] = []
    let from = 0
    let sum = 0
    for (let i = 0; i < ms.length; i++) {
      const full = sum > 0 && (sum + ms[i]! / 2 > wanted || sum + ms[i]! > sliceMs || i - from === MOST_DISPATCHES)
      if (full) {
        cuts.push(i)
        from = i
        sum = 0
      }
      sum += ms[i]!
    }
    if (ms.length > 0) cuts.push(ms.length)
    return cuts
  }
}
