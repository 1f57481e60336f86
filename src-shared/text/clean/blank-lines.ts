import type { TextStep } from './step.ts'

const RUN = /\n(?:[ \t]*\n){2,}/g

/** The text with every run of blank lines made one, and how many lines went. */
export function collapseBlankLines(text: string): { text: string; changed: number } {
  let changed = 0
  const made = text.replace(RUN, (run) => {
    changed += run.split('\n').length - 3
    return '\n\n'
  })
  return { text: made, changed }
}

/** Collapses runs of blank lines in a text that comes in chunks; counts the lines that went. */
export class BlankLinesStep implements TextStep {
  changed = 0
  private held = ''

  push(chunk: string): string {
    const made = this.collapse(this.held + chunk)
    // A run at the end may go on in the next chunk.
    let start = made.length
    while (start > 0 && ' \t\n'.includes(made[start - 1] as string)) start--
    const cut = made.indexOf('\n', start)
    this.held = cut < 0 ? '' : made.slice(cut)
    return cut < 0 ? made : made.slice(0, cut)
  }

  end(): string {
    const rest = this.held
    this.held = ''
    return rest
  }

  private collapse(text: string): string {
    const made = collapseBlankLines(text)
    this.changed += made.changed
    return made.text
  }
}
