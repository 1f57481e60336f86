import type { PreviewRecord, Sample } from '@shared/contract/schemas.ts'
import { filmsOf, showable } from './growthFilm.ts'

export interface HeldOutRow {
  prompt: string
  step: number
  answer: string
  /** Null for a prompt of the person's own. */
  expected: string | null
  same: boolean
}

/** The newest answer to each watched instruction, beside the one in the held-out pairs. */
export function heldOutRows(samples: readonly Sample[], records: readonly PreviewRecord[]): HeldOutRow[] {
  const wanted = new Map(
    records.map(({ instruction = '', input = '', output = '' }) => [
      [instruction, input].filter(Boolean).join('\n'),
      output.trim(),
    ]),
  )
  return filmsOf(samples).flatMap(({ prompt, frames }) => {
    const last = frames.at(-1)
    if (!last) return []
    const answer = showable(last.text).trim()
    const expected = wanted.get(prompt) ?? null
    return [{ prompt, step: last.step, answer, expected, same: answer === expected }]
  })
}
