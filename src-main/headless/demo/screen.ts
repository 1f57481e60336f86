import { bar, type Output } from '../progress.ts'

/** Lines for a person, and one that renews itself on a terminal. */
export class Screen {
  private open = false

  constructor(readonly out: Output) {}

  say(text = ''): void {
    this.clear()
    this.out.write(`${text}\n`)
  }

  /** Part of a line, e.g. a text as it is written. */
  write(text: string): void {
    this.out.write(text)
  }

  /** How far something is; shown on a terminal only. `total` is 0 while unknown. */
  bar(label: string, done: number, total: number): void {
    if (!this.out.isTTY) return
    this.out.write(`\r\u001b[2K${total > 0 ? `${bar(done / total)} ` : ''}${label}`)
    this.open = true
  }

  /** Wipes the bar. */
  clear(): void {
    if (this.open) this.out.write('\r\u001b[2K')
    this.open = false
  }
}
