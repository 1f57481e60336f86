import { fingerprint, FingerprintSet } from './fingerprint.ts'
import { NearDuplicates } from './near-duplicates.ts'

export interface DuplicateOptions {
  exact: boolean
  near: boolean
  nearThreshold: number
  /** Texts remembered for near-duplicates. */
  nearLimit: number
}

export interface Copy {
  kind: 'exact' | 'near'
  leftOut: boolean
}

/** Finds texts that came before, as they are or nearly; counts both kinds, left out or not. */
export class Duplicates {
  /** Texts equal to an earlier one. */
  exact = 0
  /** Texts that are nearly an earlier one, where that is looked for. */
  near = 0
  private readonly seen = new FingerprintSet()
  private readonly alike: NearDuplicates | null

  constructor(private readonly options: DuplicateOptions) {
    this.alike = options.near ? new NearDuplicates(options.nearThreshold, options.nearLimit) : null
  }

  /** Whether near-duplicates could be told for the first texts only. */
  get partial(): boolean {
    return this.alike?.full ?? false
  }

  /** What the text is a copy of, or null when it is new. `leftOut` by the options. */
  check(text: string): Copy | null {
    const copy = this.checkPrint(fingerprint(text))
    if (copy || !this.alike?.add(text)) return copy
    this.near++
    return { kind: 'near', leftOut: true }
  }

  /** {@link check} for equal texts alone, by the text's {@link fingerprint}. */
  checkPrint({ high, low }: ReturnType<typeof fingerprint>): Copy | null {
    if (this.seen.addPrint(high, low)) return null
    this.exact++
    return { kind: 'exact', leftOut: this.options.exact }
  }
}
