import { EXACT_LENGTHS, type Lengths } from '@shared/contract/statistics.ts'

/** Octaves above the exact lengths: the last ends at 2^53. */
const OCTAVES = 40

/** Counts lengths in bounded memory, see {@link Lengths}. */
export class LengthCounter {
  private readonly exact = new Float64Array(EXACT_LENGTHS + 1)
  private readonly records = new Float64Array(OCTAVES)
  private readonly tokens = new Float64Array(OCTAVES)
  private longest = 0

  add(length: number): void {
    this.longest = Math.max(this.longest, length)
    if (length <= EXACT_LENGTHS) {
      this.exact[length]!++
      return
    }
    const octave = Math.floor(Math.log2((length - 1) / EXACT_LENGTHS))
    this.records[octave]!++
    this.tokens[octave]! += length
  }

  result(unit: Lengths['unit']): Lengths {
    const exact: [number, number][] = []
    this.exact.forEach((records, length) => records > 0 && exact.push([length, records]))
    const longer: Lengths['longer'] = []
    this.records.forEach((records, octave) => {
      if (records === 0) return
      const from = EXACT_LENGTHS * 2 ** octave + 1
      longer.push({ from, to: EXACT_LENGTHS * 2 ** (octave + 1), records, tokens: this.tokens[octave]! })
    })
    return { unit, exact, longer, longest: this.longest }
  }
}
