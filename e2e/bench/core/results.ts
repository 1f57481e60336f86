import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CaseResult } from './case.ts'
import type { Machine } from './machine.ts'
import { median, ratioOf, type Spread } from './stats.ts'

interface Report {
  suite: string
  startedAt: string
  machine: Machine
  versions: Record<string, string>
  cases: CaseResult[]
  /** What the sections measured, by their ids. */
  sections: Record<string, unknown>
}

/** Writes everything that was measured, each sample included, as JSON. */
export function writeReport(path: string, report: Report): void {
  mkdirSync(dirname(path), { recursive: true })
  const cases = report.cases.map((one) => ({
    ...one,
    contenders: one.contenders.map((contender) => ({
      ...contender,
      ...(contender.ms.length > 0 && { medianMs: median(contender.ms), minMs: Math.min(...contender.ms) }),
      ...oursOver(one, contender.ms),
    })),
  }))
  writeFileSync(path, `${JSON.stringify({ ...report, cases }, null, 2)}\n`)
}

function oursOver({ contenders }: CaseResult, ms: number[]): { oursOverThis?: Spread } {
  const ours = contenders[0]!.ms
  return ours === ms || ours.length === 0 || ms.length === 0 ? {} : { oursOverThis: ratioOf(ours, ms) }
}
