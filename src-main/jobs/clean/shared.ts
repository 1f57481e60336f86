import { LIMITS } from '@shared/contract/limits.ts'
import type { Purpose } from '@shared/contract/schemas.ts'
import { FingerprintSet } from '@shared/text/clean/fingerprint.ts'
import { NearDuplicates } from '@shared/text/clean/near-duplicates.ts'
import type { JobTools } from '../task.ts'
import { partUnits, type UnitKind } from './part-units.ts'

/** Near-duplicates between parts are those at least this alike. */
export const LEAK_THRESHOLD = 0.9
/** Lines shorter than this are compared as they are only: a word more or less makes another line of them. */
const NEAR_CHARACTERS = 60
/** Training text that is compared for near-duplicates; exact ones are looked for in all of it. */
const NEAR_BYTES = 64 * 1024 * 1024

/** What a unit of training shares with the held-back parts. */
export type Share = { kind: 'exact' } | { kind: 'near'; index: number; similarity: number }

/** The validation and test parts, to compare units of training with. */
export class HeldBack {
  /** Units compared, equal ones once. */
  compared = 0
  private readonly exact = new FingerprintSet()
  private readonly near = new NearDuplicates(LEAK_THRESHOLD, LIMITS.nearDuplicates)
  private nearBytes = 0

  /** Whether near-duplicates were looked for in the beginning only. */
  get partial(): boolean {
    return this.near.full || this.nearBytes > NEAR_BYTES
  }

  static async read(folder: string, purpose: Purpose, unit: UnitKind, { signal }: JobTools): Promise<HeldBack> {
    const held = new HeldBack()
    for (const part of ['val', 'test'] as const) {
      for await (const units of partUnits(folder, part, purpose, unit, signal)) {
        for (const { compared } of units) if (compared !== null) held.put(compared)
      }
    }
    return held
  }

  share(text: string): Share | null {
    if (this.exact.has(text)) return { kind: 'exact' }
    if (text.length < NEAR_CHARACTERS || this.nearBytes > NEAR_BYTES) return null
    this.nearBytes += text.length
    const match = this.near.find(text)
    return match && { kind: 'near', ...match }
  }

  private put(text: string): void {
    if (!this.exact.add(text)) return
    this.compared++
    // Short ones get a number too, so that numbers are places among all.
    this.near.put(text)
  }
}

/** Running text is compared by lines. A set of records, each a document of its own, by records. */
export const unitOf = (purpose: Purpose, prose: boolean): UnitKind =>
  purpose === 'pretrain' && prose ? 'lines' : 'records'
