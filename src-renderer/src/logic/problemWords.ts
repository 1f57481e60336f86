import type { ProblemKind, ReportedProblem } from '@shared/contract/cleaning.ts'
import { csvRow } from '@shared/formats/csv-row.ts'

/** The kinds of problems in the order they are shown. */
export const PROBLEM_KINDS: Exclude<ProblemKind, 'label'>[] = ['malformed', 'empty', 'too_long', 'duplicate', 'odd']

export const PROBLEM_NAMES: Record<ProblemKind, { title: string; what: string }> = {
  malformed: { title: 'Malformed', what: 'Records that cannot be read as they stand.' },
  empty: { title: 'Empty', what: 'Records with nothing where something is needed.' },
  too_long: { title: 'Too long', what: 'Records longer than any context holds; training would cut them.' },
  duplicate: { title: 'Copies', what: 'Records equal to an earlier one, or nearly so.' },
  odd: { title: 'Odd characters', what: 'Control characters, byte order marks, or � where something was lost before.' },
  label: { title: 'Labels', what: 'Labels that differ only in case or spaces.' },
}

/** The report as a table for other programs. */
export function problemsCsv(problems: readonly ReportedProblem[], files: readonly string[]): string {
  const options = { delimiter: ',', quoting: true }
  const rows = problems.map(({ kind, file, line, reason, excerpt, repaired }) =>
    csvRow([PROBLEM_NAMES[kind].title, files[file] ?? '', `${line}`, reason, excerpt, repaired ?? ''], options),
  )
  return `${['kind,file,line,reason,excerpt,repair', ...rows].join('\r\n')}\r\n`
}
