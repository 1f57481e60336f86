/** Raised whenever kernels or candidates change, so that old choices are not taken for new ones. */
export const REPORT_VERSION = 2

/** What an adapter's kernels were chosen by, for the diagnostics page: plain data that can be sent and stored. */
export interface TuningReport {
  /** measured: timed just now; cached: timed before on this adapter; shipped: not timed, by the table that comes with the studio. */
  origin: 'measured' | 'cached' | 'shipped'
  /** Why it is not timed, or what the timing took, in a sentence. */
  because: string
  choices: VariantChoice[]
  checks: VariantCheck[]
  quirks: AppliedQuirk[]
  /** Where kernels with 16-bit floats give wrong numbers: then they are not offered. */
  f16?: false
}

/** The variant in use for a class of products, and what it was chosen from. */
export interface VariantChoice {
  /** Such as "Large matrix products". */
  shapes: string
  variant: string
  /** Time of the whole class, null where it was not timed. */
  timings: { variant: string; ms: number | null; gflops: number | null }[]
}

/** A variant's results beside float64 on this adapter; one that fails is not used. */
export interface VariantCheck {
  variant: string
  passed: boolean
  /** Largest difference relative to the largest result; null where it is not a number or the kernel did not compile. */
  maxError: number | null
  tolerance: number
  /** What went wrong when it could not be run. */
  problem?: string
}

/** A known fault of this kind of adapter, and what is done about it. */
export interface AppliedQuirk {
  id: string
  what: string
  /** Where it was reported. */
  source: string
}

/** GFLOP/s of the first class of products by its variant; undefined where it was not timed. */
export function productRate(report: TuningReport | null): number | undefined {
  const [first] = report?.choices ?? []
  return first?.timings.find(({ variant }) => variant === first.variant)?.gflops ?? undefined
}
