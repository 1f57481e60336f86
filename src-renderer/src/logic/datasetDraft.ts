import type { Build, CleaningStep, Edit } from '@shared/contract/cleaning.ts'
import type { DatasetDraft } from '@shared/contract/desk.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import { isOn } from '@shared/text/clean/recipe.ts'
import { formatCount } from './format.ts'

/** Of an edit in {@link DatasetDraft.effects}. */
export const editKey = ({ file, line }: Pick<Edit, 'file' | 'line'>): string => `${file}:${line}`

export const STEP_NAMES: Record<CleaningStep, string> = {
  newlines: 'Line ends',
  control: 'Control characters',
  unicode: 'Unicode form',
  gutenberg: 'Project Gutenberg texts',
  blankLines: 'Blank lines',
  labels: 'Joined labels',
  exact: 'Copies',
  near: 'Near-copies',
}

/** The edits with one more, or another, for its line. */
export function withEdit(edits: readonly Edit[], edit: Edit): Edit[] {
  const others = edits.filter((one) => editKey(one) !== editKey(edit))
  return [...others, edit].toSorted((a, b) => a.file - b.file || a.line - b.line)
}

/** What differs between two ways of making a dataset, in words; empty when nothing does. */
export function draftChanges(now: { build: Build; edits: readonly Edit[] }, draft: DatasetDraft): string[] {
  const changes: string[] = []
  const count = changedEdits(now.edits, draft.edits)
  if (count > 0) changes.push(`${formatCount(count)} ${count === 1 ? 'line' : 'lines'} edited`)
  const [a, b] = [now.build, draft.build]
  if (a.repair !== b.repair) changes.push(b.repair ? 'repairs on' : 'repairs off')
  if (a.dropLong !== b.dropLong) changes.push(b.dropLong ? 'long records left out' : 'long records kept')
  for (const [step, name] of Object.entries(STEP_NAMES) as [CleaningStep, string][]) {
    const [was, is] = [isOn(a.recipe, step), isOn(b.recipe, step)]
    if (was !== is) changes.push(`${name} ${is ? 'on' : 'off'}`)
  }
  if (a.recipe.unicode !== b.recipe.unicode && a.recipe.unicode !== 'off' && b.recipe.unicode !== 'off') {
    changes.push(`Unicode form ${b.recipe.unicode.toUpperCase()}`)
  }
  if (b.recipe.near && a.recipe.near && a.recipe.nearThreshold !== b.recipe.nearThreshold) {
    changes.push(`near-copies from ${b.recipe.nearThreshold}`)
  }
  const { val, test, gap, dropShared } = b.split
  if (a.split.val !== val || a.split.test !== test) {
    changes.push(`split ${[100 - val - test, val, ...(test > 0 ? [test] : [])].join(' / ')} %`)
  }
  if (a.split.gap !== gap) changes.push(`gap ${formatCount(gap)} bytes`)
  if (a.split.dropShared !== dropShared) changes.push(dropShared ? 'shared text left out' : 'shared text kept')
  if (a.seed !== b.seed) changes.push(`seed ${b.seed}`)
  return changes
}

function changedEdits(now: readonly Edit[], next: readonly Edit[]): number {
  const before = new Map(now.map((edit) => [editKey(edit), edit.text]))
  const after = new Map(next.map((edit) => [editKey(edit), edit.text]))
  const keys = new Set([...before.keys(), ...after.keys()])
  return [...keys].filter((key) => before.get(key) !== after.get(key)).length
}

const sum = (counts: Dataset['records']) => counts.train + counts.val + counts.test

/** Good and bad records, with what the draft's edits and repairs will change, before they are applied. */
export function draftCounts(dataset: Dataset, draft: DatasetDraft): { good: number; bad: number } {
  let good = 0
  let mended = 0
  for (const effect of Object.values(draft.effects)) {
    good += effect
    if (effect > 0) mended += effect
  }
  const { made } = dataset
  if (made && draft.build.repair && !made.build.repair) {
    const repairable = made.problems.reduce((all, one) => all + one.repairable, 0)
    good += repairable
    mended += repairable
  }
  return { good: sum(dataset.records) + good, bad: Math.max(0, dataset.problems.total - mended) }
}
