import type { KernelCall, Span } from './kernel.ts'
import { estimate, type Speed } from './slices.ts'

/** A dispatch, and how many milliseconds it may take. */
export interface TimedCall {
  call: KernelCall
  ms: number
}

/** What may take a little longer is left whole: estimates are those of slow devices of their kind. */
export const TOLERANCE = 1.5

/**
 * The dispatches by which a call is carried out: several, where it can be cut and might take much longer than `sliceMs` in one, for nothing
 * interrupts a dispatch once it runs. Every number is worked out as it would be by one.
 */
export function cutCall(call: KernelCall, speed: Speed, sliceMs: number): TimedCall[] {
  const ms = estimate(call, speed)
  const { cut } = call
  if (!cut || ms <= TOLERANCE * sliceMs) return [{ call, ms }]
  const wanted = Math.ceil(ms / sliceMs)
  const rows = spans(cut.down, wanted)
  const columns = spans(cut.across, Math.ceil(wanted / rows.length))
  const parts = rows.flatMap((down) => columns.map((across) => cut.part(down, across)))
  return parts.map((part) => ({ call: part, ms: ms / parts.length }))
}

/** 0 .. `count` - 1 in `parts` parts of about equal length, or in as many as there can be. */
function spans(count: number, parts: number): Span[] {
  const number = Math.min(count, parts)
  const bound = (i: number) => Math.round((i * count) / number)
  return Array.from({ length: number }, (_, i) => ({ from: bound(i), to: bound(i + 1) }))
}
