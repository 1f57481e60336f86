import { LIMITS } from '@shared/contract/limits.ts'
import { excerpt } from '@shared/formats/read-record.ts'
import { countControls, firstControl } from '@shared/text/clean/control.ts'
import { countLines } from '../io/source-text.ts'
import type { Place, Problems } from './problems.ts'

const UNREADABLE = '\ufffd'

/** Reports the lines of running text that have odd characters in them. */
export class OddText {
  private place: Place | null = null
  /** Line ends before what comes next. */
  private lines = 0
  /** Whether what comes next is the beginning of a line, for all that is known. */
  private atStart = true

  constructor(
    private readonly problems: Problems,
    private readonly stripped: boolean,
  ) {}

  /** The text of another file follows. */
  begin(place: Place): void {
    this.place = place
    this.lines = 0
    this.atStart = true
  }

  /**
   * Text without odd characters comes before what is pushed next.
   * @param endsLine whether its last line ends with it
   */
  skip(lines: number, endsLine: boolean): void {
    this.lines += lines
    this.atStart = endsLine
  }

  push(chunk: string): void {
    let counted = 0
    let control = firstControl(chunk)
    let unreadable = chunk.indexOf(UNREADABLE)
    while (control >= 0 || unreadable >= 0) {
      const odd = control < 0 || unreadable < 0 ? Math.max(control, unreadable) : Math.min(control, unreadable)
      this.lines += countLines(chunk.slice(counted, odd))
      counted = odd
      const newline = chunk.indexOf('\n', odd)
      const end = newline < 0 ? chunk.length : newline
      const start = chunk.lastIndexOf('\n', odd) + 1
      this.report(chunk.slice(start, end), newline >= 0 && (start > 0 || this.atStart))
      if (control >= 0 && control < end) control = firstControl(chunk, end)
      if (unreadable >= 0 && unreadable < end) unreadable = chunk.indexOf(UNREADABLE, end)
    }
    this.lines += countLines(chunk.slice(counted))
    if (chunk !== '') this.atStart = chunk.endsWith('\n')
  }

  /** Only a line that is seen whole can be edited: the edit takes its place. */
  private report(line: string, whole: boolean): void {
    if (!this.place) return
    const count = countControls(line) + line.split(UNREADABLE).length - 1
    this.problems.add(
      'odd',
      { ...this.place, line: this.lines + 1 },
      {
        reason: oddReason(count, this.stripped),
        excerpt: () => excerpt(line),
        text: whole && line.length <= LIMITS.editCharacters ? line : undefined,
        leftOut: false,
      },
    )
  }
}

export function oddReason(count: number, stripped: boolean): string {
  const what = count === 1 ? 'One odd character' : `${count.toLocaleString('en-US')} odd characters`
  return `${what}${stripped ? ', left out unless it is �' : ''}.`
}
