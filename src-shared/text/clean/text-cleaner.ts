import type { CleaningStep, Recipe } from '../../contract/cleaning.ts'
import { BlankLinesStep, collapseBlankLines } from './blank-lines.ts'
import { ControlStep, stripControls } from './control.ts'
import type { Duplicates } from './duplicates.ts'
import { GutenbergStep } from './gutenberg.ts'
import { ParagraphFilter } from './paragraphs.ts'
import type { TextStep } from './step.ts'
import { normaliseUnicode, UnicodeStep } from './unicode.ts'

/** Runs a recipe's steps over running text that comes in chunks, one text after the other. Line ends are read as LF before. */
export class TextCleaner {
  private readonly steps: { step: CleaningStep; run: TextStep }[] = []
  private readonly paragraphs: ParagraphFilter | null
  /** Set where nothing is done but leaving out odd characters and licences: then most of a text needs only be looked at. */
  private readonly gutenberg: GutenbergStep | null
  private readonly looksOnly: boolean

  /**
   * @param duplicates told about every paragraph where the recipe leaves copies out
   * @param onDrop told about those left out
   */
  constructor(
    recipe: Recipe,
    duplicates: Duplicates,
    onDrop: (paragraph: string, kind: 'exact' | 'near') => void = () => {},
  ) {
    if (recipe.control) this.steps.push({ step: 'control', run: new ControlStep() })
    if (recipe.unicode !== 'off') this.steps.push({ step: 'unicode', run: new UnicodeStep(recipe.unicode) })
    this.gutenberg = recipe.gutenberg ? new GutenbergStep() : null
    if (this.gutenberg) this.steps.push({ step: 'gutenberg', run: this.gutenberg })
    if (recipe.blankLines) this.steps.push({ step: 'blankLines', run: new BlankLinesStep() })
    this.paragraphs =
      recipe.exact || recipe.near
        ? new ParagraphFilter((paragraph) => {
            const copy = duplicates.check(paragraph)
            if (!copy?.leftOut) return true
            onDrop(paragraph, copy.kind)
            return false
          })
        : null
    this.looksOnly = recipe.unicode === 'off' && !recipe.blankLines && !this.paragraphs
  }

  /**
   * Whether a piece of UTF-8 comes out as it goes in, at once, but for odd characters: where there are none, or in those of its lines
   * where there are none, it need not be pushed.
   */
  passes(bytes: Uint8Array): boolean {
    return this.looksOnly && (this.gutenberg?.passes(bytes) ?? true)
  }

  push(chunk: string): string {
    let text = chunk
    for (const { run } of this.steps) text = run.push(text)
    return this.paragraphs ? this.paragraphs.push(text) : text
  }

  /** Ends a text: the next chunk begins another one. */
  end(): string {
    let text = ''
    for (const { run } of this.steps) text = run.push(text) + run.end()
    return this.paragraphs ? this.paragraphs.push(text) + this.paragraphs.end() : text
  }

  /** What each step changed so far. */
  counts(): { step: CleaningStep; changed: number }[] {
    return this.steps.map(({ step, run }) => ({ step, changed: run.changed }))
  }
}

/** Runs the steps that apply to a record's field over all of it, adding what changed to `counts`. */
export function cleanField(
  text: string,
  recipe: Recipe,
  counts: { control: number; unicode: number; blankLines: number },
) {
  let now = text
  if (recipe.control) {
    now = stripControls(now)
    counts.control += text.length - now.length
  }
  if (recipe.unicode !== 'off') {
    const made = normaliseUnicode(now, recipe.unicode)
    counts.unicode += made.changed
    now = made.text
  }
  if (recipe.blankLines) {
    const made = collapseBlankLines(now)
    counts.blankLines += made.changed
    now = made.text
  }
  return now
}
