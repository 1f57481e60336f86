import type { TextStep } from './step.ts'

export type UnicodeForm = 'nfc' | 'nfkc'

// A character outside ASCII can change together with the ASCII letter before it (e + U+0301), never with the one behind it: an ASCII
// character begins anew in every normalisation form, and composes with nothing before it.
const RUN = /\p{ASCII}?\P{ASCII}+/gu
const BEYOND_ASCII = /\P{ASCII}/u

/** The text in normalisation form C or KC (UAX #15), and in how many places it changed. */
export function normaliseUnicode(text: string, form: UnicodeForm): { text: string; changed: number } {
  if (!BEYOND_ASCII.test(text)) return { text, changed: 0 }
  const name = form === 'nfc' ? 'NFC' : 'NFKC'
  let changed = 0
  const made = text.replace(RUN, (run) => {
    const normal = run.normalize(name)
    if (normal !== run) changed++
    return normal
  })
  return { text: made, changed }
}

/** Text held back at most, where no ASCII character comes. */
const HELD = 64 * 1024

/** Unicode normalisation of a text in chunks. */
export class UnicodeStep implements TextStep {
  changed = 0
  private held = ''

  constructor(private readonly form: UnicodeForm) {}

  push(chunk: string): string {
    const all = this.held + chunk
    let cut = all.length - 1
    while (cut > 0 && all.charCodeAt(cut) > 0x7f && all.length - cut < HELD) cut--
    // Never between the halves of a surrogate pair.
    if (cut > 0 && (all.charCodeAt(cut) & 0xfc00) === 0xdc00) cut--
    this.held = all.slice(Math.max(0, cut))
    return this.normalise(all.slice(0, Math.max(0, cut)))
  }

  end(): string {
    const rest = this.normalise(this.held)
    this.held = ''
    return rest
  }

  private normalise(text: string): string {
    const made = normaliseUnicode(text, this.form)
    this.changed += made.changed
    return made.text
  }
}
