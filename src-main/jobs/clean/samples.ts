import type { CleaningStep, Recipe, RecipeTrial } from '@shared/contract/cleaning.ts'
import { Duplicates } from '@shared/text/clean/duplicates.ts'
import { excerptAround } from '@shared/text/clean/excerpt-around.ts'
import { TextCleaner } from '@shared/text/clean/text-cleaner.ts'
import type { OnChange } from '../import/cleaning-sink.ts'

/** Samples shown. */
const SHOWN = 5
/** Changes of one kind that are remembered. */
const KEPT = 3
/** Lines and characters of running text that are looked at together. */
const BLOCK_LINES = 8
const BLOCK_CHARACTERS = 2000

type Sample = RecipeTrial['samples'][number]

/** Collects pieces of text that a recipe changes, of different kinds where there are some. */
export function collectSamples(recipe: Recipe) {
  const byKind = new Map<CleaningStep | 'text', Sample[]>()
  const isFull = (kind: CleaningStep | 'text') => (byKind.get(kind)?.length ?? 0) >= KEPT
  const add: OnChange = ({ before, after, step }) => {
    const kind = step ?? 'text'
    if (!isFull(kind)) byKind.set(kind, [...(byKind.get(kind) ?? []), { ...excerptAround(before, after), step }])
  }
  const steps = textSteps(recipe)

  return {
    add,
    /** Looks for changes in running text, block by block, each step by itself. */
    look(text: string): void {
      for (const block of blocks(text)) {
        const step = steps.find((one) => !isFull(one.step) && cleaned(block, one.recipe) !== block)
        if (step) add({ before: block, after: cleaned(block, recipe), step: step.step })
        else if (steps.every((one) => isFull(one.step))) return
      }
    },
    /** One of each kind first, then more of them. */
    found(): Sample[] {
      const rounds = Array.from({ length: KEPT }, (_, i) =>
        [...byKind.values()].flatMap((kept) => kept.slice(i, i + 1)),
      )
      return rounds.flat().slice(0, SHOWN)
    },
  }
}

/** The steps that change text in place, each as a recipe of its own. */
function textSteps(recipe: Recipe): { step: CleaningStep; recipe: Recipe }[] {
  const none: Recipe = {
    ...recipe,
    control: false,
    unicode: 'off',
    gutenberg: false,
    blankLines: false,
    exact: false,
    near: false,
  }
  const steps: { step: CleaningStep; recipe: Recipe; on: boolean }[] = [
    { step: 'control', recipe: { ...none, control: true }, on: recipe.control },
    { step: 'unicode', recipe: { ...none, unicode: recipe.unicode }, on: recipe.unicode !== 'off' },
    { step: 'gutenberg', recipe: { ...none, gutenberg: true }, on: recipe.gutenberg },
    { step: 'blankLines', recipe: { ...none, blankLines: true }, on: recipe.blankLines },
  ]
  return steps.filter(({ on }) => on)
}

function cleaned(text: string, recipe: Recipe): string {
  const options = { exact: false, near: false, nearThreshold: 1, nearLimit: 0 }
  const cleaner = new TextCleaner({ ...recipe, exact: false, near: false }, new Duplicates(options))
  return cleaner.push(text) + cleaner.end()
}

function* blocks(text: string): Generator<string> {
  let start = 0
  let lines = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
    if (++lines < BLOCK_LINES && end - start < BLOCK_CHARACTERS) continue
    yield text.slice(start, end + 1)
    start = end + 1
    lines = 0
  }
  if (start < text.length) yield text.slice(start, start + BLOCK_CHARACTERS)
}
