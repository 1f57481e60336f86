import type { Run } from '@shared/contract/schemas.ts'
import type { StageId } from './stages.ts'

/** What stands between the person and the start: the way there is a screen, or a field of this one. */
export interface Need {
  text: string
  stage?: StageId
  /** Id of the element that holds the field. */
  target?: string
}

/** Engine and settings, as every kind of training needs them; the first thing missing, or null. */
export function engineNeed(input: {
  state: 'starting' | 'ready' | 'unavailable'
  /** The run being trained in this window, if any. */
  active: Run | null
  /** Ids of the fields that are wrong, in their order on the screen. */
  wrongFields: readonly { target: string; label: string }[]
}): Need | null {
  const wrong = input.wrongFields[0]
  if (wrong) return { text: `Mend “${wrong.label}”`, target: wrong.target }
  if (input.state === 'unavailable') return { text: 'There is no engine to train with: see the notice above' }
  if (input.state === 'starting') return { text: 'The engine is starting …' }
  if (input.active) return { text: `“${input.active.name}” is training: stop it first`, stage: input.active.kind }
  return null
}

/** The first of several needs. */
export const firstNeed = (...needs: (Need | null)[]): Need | null => needs.find((need) => need !== null) ?? null
