import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Made, ProblemKind, ReportedProblem } from '@shared/contract/cleaning.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import type { Problem } from '@shared/contract/schemas.ts'
import { PartWriter } from '../io/part-writer.ts'

/** Where a record begins: the number and name of its file among the sources, and the physical line. */
export interface Place {
  file: number
  name: string
  line: number
}

export interface Found {
  reason: string
  /** Made only where it is kept: a big file may have millions of copies. */
  excerpt: () => string
  /** The record as it stands in its file, where it can be edited. */
  text?: string | undefined
  /** What a repair would make of it. */
  repaired?: string | null
  /** Whether the record is left out of the dataset. */
  leftOut: boolean
}

interface Kind {
  total: number
  leftOut: number
  repairable: number
  list: PartWriter
}

/**
 * Everything that is wrong with the records of an import: all of it counted; the first of each kind listed on the disk,
 * `problems/<kind>.jsonl` with its index, from where the report reads its pages.
 */
export class Problems {
  /** Records left out because something is wrong with them. */
  total = 0
  /** The first of those. */
  readonly kept: Problem[] = []
  private readonly kinds = new Map<ProblemKind, Kind>()
  private readonly folder: string

  /** @param folder the dataset's */
  constructor(folder: string) {
    this.folder = join(folder, 'problems')
  }

  add(kind: ProblemKind, place: Place, found: Found): void {
    const { reason, excerpt, text = null, repaired = null, leftOut } = found
    // Copies that are left out are counted by their step.
    if (leftOut && kind !== 'duplicate') {
      this.total++
      if (this.kept.length < LIMITS.problemsKept) {
        this.kept.push({ file: place.name, line: place.line, reason, excerpt: excerpt() })
      }
    }
    const mine = this.kind(kind)
    mine.total++
    if (leftOut) mine.leftOut++
    if (repaired !== null) mine.repairable++
    if (mine.list.records >= LIMITS.problemsListed) return
    const { file, line } = place
    const listed: ReportedProblem = { kind, file, line, reason, excerpt: excerpt(), text, repaired }
    mine.list.append(Buffer.from(`${JSON.stringify(listed)}\n`))
    mine.list.endRecord()
  }

  /** Closes the lists; the counts by kind. */
  finish(): Made['problems'] {
    for (const { list } of this.kinds.values()) list.close()
    return [...this.kinds].map(([kind, { total, leftOut, repairable }]) => ({ kind, total, leftOut, repairable }))
  }

  abandon(): void {
    for (const { list } of this.kinds.values()) list.abandon()
  }

  private kind(kind: ProblemKind): Kind {
    const known = this.kinds.get(kind)
    if (known) return known
    mkdirSync(this.folder, { recursive: true })
    const made = { total: 0, leftOut: 0, repairable: 0, list: new PartWriter(join(this.folder, kind), 'jsonl') }
    this.kinds.set(kind, made)
    return made
  }
}
