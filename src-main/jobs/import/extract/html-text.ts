import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { Parser } from 'htmlparser2'

/** Elements whose content is no text to read. */
const SKIPPED = new Set([
  'script',
  'style',
  'head',
  'noscript',
  'template',
  'svg',
  'math',
  'iframe',
  'object',
  'select',
])
/** Elements that stand as paragraphs of their own: a blank line before and after. */
const PARAGRAPHS = new Set(
  'address article aside blockquote dl div fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul'.split(
    ' ',
  ),
)
/** Elements on lines of their own. */
const LINES = new Set(['li', 'dt', 'dd', 'tr', 'caption', 'figcaption', 'option', 'summary', 'legend'])

/**
 * The readable text of a page that comes in chunks: blocks separated as a browser shows them, white space collapsed outside `pre`,
 * entities decoded, scripts and styles left out. Nothing of the page is ever run or fetched. Text comes out as soon as it is complete,
 * so memory does not grow with the page.
 */
export class HtmlText {
  private readonly parser: Parser
  private out = ''
  private started = false
  /** Line breaks that stand before the next character. */
  private breaks = 0
  private space = false
  private skipping = 0
  private preformatted = 0
  private cell = false
  private pushed = 0

  /** `name` names the file in errors. */
  constructor(private readonly name: string) {
    this.parser = new Parser({
      onopentag: (tag) => this.open(tag),
      onclosetag: (tag) => this.close(tag),
      ontext: (text) => this.text(text),
    })
  }

  push(chunk: string): string {
    this.pushed += chunk.length
    this.parser.write(chunk)
    // A tag or comment that never ends would pile up in the parser.
    if (this.pushed - this.parser.endIndex > LIMITS.lineBytes) {
      throw new AppError({
        code: 'malformed',
        message: `${this.name}: a tag or comment is longer than ${LIMITS.lineBytes / 1024 / 1024} million characters.`,
        hint: 'This is hardly a web page. Save it as plain text, or read it as plain text.',
      })
    }
    return this.take()
  }

  end(): string {
    this.parser.end()
    return this.take()
  }

  private take(): string {
    const text = this.out
    this.out = ''
    return text
  }

  private open(tag: string): void {
    if (SKIPPED.has(tag)) this.skipping++
    else if (PARAGRAPHS.has(tag)) this.break(2)
    else if (LINES.has(tag)) this.break(1)
    else if (tag === 'br') this.breaks++
    else if (tag === 'td' || tag === 'th') {
      if (this.cell) this.put('\t')
      this.cell = true
    }
    if (tag === 'tr') this.cell = false
    if (tag === 'pre') this.preformatted++
  }

  private close(tag: string): void {
    if (SKIPPED.has(tag)) this.skipping = Math.max(0, this.skipping - 1)
    else if (PARAGRAPHS.has(tag)) this.break(2)
    else if (LINES.has(tag)) this.break(1)
    if (tag === 'pre') this.preformatted = Math.max(0, this.preformatted - 1)
  }

  private break(lines: number): void {
    this.breaks = Math.max(this.breaks, lines)
    this.space = false
  }

  private text(text: string): void {
    if (this.skipping > 0) return
    if (this.preformatted > 0) return this.put(text.replace(/\r\n?/g, '\n'))
    // No-break spaces are kept: they are the author's.
    const collapsed = text.replace(/[ \t\n\f\r]+/g, ' ')
    const leading = collapsed.startsWith(' ')
    const trimmed = collapsed.slice(leading ? 1 : 0)
    this.space ||= leading
    if (trimmed === '') return
    const trailing = trimmed.endsWith(' ')
    this.put(
      `${this.space && this.breaks === 0 && this.started ? ' ' : ''}${trailing ? trimmed.slice(0, -1) : trimmed}`,
    )
    this.space = trailing
  }

  private put(text: string): void {
    if (text === '') return
    if (this.started) this.out += '\n'.repeat(Math.min(this.breaks, 2))
    this.breaks = 0
    this.started = true
    this.space = false
    this.out += text
  }
}
