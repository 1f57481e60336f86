import type { Build, CleaningStep, Recipe, Split } from '../../contract/cleaning.ts'
import type { Purpose } from '../../contract/schemas.ts'

/** What a step's count counts. */
export const STEP_UNITS: Record<CleaningStep, { one: string; many: string }> = {
  newlines: { one: 'line end', many: 'line ends' },
  control: { one: 'character', many: 'characters' },
  unicode: { one: 'place', many: 'places' },
  gutenberg: { one: 'line', many: 'lines' },
  blankLines: { one: 'line', many: 'lines' },
  labels: { one: 'label', many: 'labels' },
  exact: { one: 'copy', many: 'copies' },
  near: { one: 'near-copy', many: 'near-copies' },
}

/** Whether a recipe has the step on. */
export function isOn(recipe: Recipe, step: CleaningStep): boolean {
  if (step === 'unicode') return recipe.unicode !== 'off'
  if (step === 'labels') return Object.keys(recipe.labels).length > 0
  return recipe[step]
}

/**
 * The recipe a dataset gets when nothing was chosen. Copies are left out of labelled texts only: there they would stand in training and in
 * test; running text may repeat itself, and an instruction may come with several answers.
 */
const defaultRecipe = (purpose: Purpose): Recipe => ({
  newlines: true,
  control: true,
  unicode: 'off',
  gutenberg: purpose === 'pretrain',
  blankLines: false,
  labels: {},
  exact: purpose === 'classify',
  near: false,
  nearThreshold: 0.9,
})

/** From this many bytes on, a gap between training and validation costs a text next to nothing (1 KB of 16 MB). */
const LONG_TEXT = 16 * 1024 * 1024
/** About one context of 256 tokens. */
const GAP = 1024

/** Training gets the rest: 90 / 10 of a text, 85 / 5 / 10 of instructions and 70 / 10 / 20 of classes, as in LLMs-from-scratch. */
const defaultSplit = (purpose: Purpose, bytes: number): Split => ({
  val: purpose === 'instruct' ? 5 : 10,
  test: purpose === 'pretrain' ? 0 : purpose === 'instruct' ? 10 : 20,
  gap: purpose === 'pretrain' && bytes >= LONG_TEXT ? GAP : 0,
  dropShared: false,
})

/** @param bytes of the sources, 0 where that is not known */
export const defaultBuild = (purpose: Purpose, seed: number, bytes: number): Build => ({
  seed,
  recipe: defaultRecipe(purpose),
  split: defaultSplit(purpose, bytes),
  repair: false,
  dropLong: false,
})
