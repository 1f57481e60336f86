import { describe, expect, it } from 'vitest'
import { BlankLinesStep, collapseBlankLines } from './blank-lines.ts'
import { ControlStep, countControls, firstControl } from './control.ts'
import { GutenbergStep } from './gutenberg.ts'
import { ParagraphFilter } from './paragraphs.ts'
import type { TextStep } from './step.ts'
import { normaliseUnicode, UnicodeStep } from './unicode.ts'

/** What a step makes of a text that comes in chunks of `size`. */
function run(step: Pick<TextStep, 'push' | 'end'>, text: string, size: number): string {
  let out = ''
  for (let at = 0; at < text.length; at += size) out += step.push(text.slice(at, at + size))
  return out + step.end()
}
const SIZES = [1, 2, 3, 7, 1000]

describe('control characters', () => {
  const odd = 'a\u0000b\ufeffc\td\ne\u007ff\u009fg\u0085h\uffff\r'
  it('leaves out what is odd and keeps tab, LF, CR and NEL', () => {
    for (const size of SIZES) {
      const step = new ControlStep()
      expect(run(step, odd, size)).toBe('abc\td\nefg\u0085h\r')
      expect(step.changed).toBe(5)
    }
    expect(countControls(odd)).toBe(5)
    expect(firstControl(odd)).toBe(1)
    expect(firstControl('plain é 😀')).toBe(-1)
  })
})

describe('Unicode normalisation', () => {
  const text = 'Cafe\u0301 nai\u0308ve, ﬁne ½ \u1112\u1161\u11ab 😀 a\u0300\u0316 日本\n'
  it('equals the normalisation of the whole, however the text comes', () => {
    for (const form of ['nfc', 'nfkc'] as const) {
      for (const size of SIZES) {
        const step = new UnicodeStep(form)
        expect(run(step, text.repeat(5), size)).toBe(text.repeat(5).normalize(form === 'nfc' ? 'NFC' : 'NFKC'))
        expect(step.changed).toBe(5 * (form === 'nfc' ? 4 : 6))
      }
    }
  })
  it('leaves ASCII and text in the form alone', () => {
    expect(normaliseUnicode('plain', 'nfkc')).toEqual({ text: 'plain', changed: 0 })
    expect(normaliseUnicode('Café', 'nfc')).toEqual({ text: 'Café', changed: 0 })
  })
})

describe('blank lines', () => {
  it('makes a run of them one, also one over chunks and with spaces in it', () => {
    const text = 'a\n\n\n\nb\n \n\t\nc\n\nd\n\n\n'
    for (const size of SIZES) {
      const step = new BlankLinesStep()
      expect(run(step, text, size)).toBe('a\n\nb\n\nc\n\nd\n\n')
      expect(step.changed).toBe(4)
    }
  })
  it('takes linear time on a million spaces', () => {
    const text = `a\n${' '.repeat(1_000_000)}b`
    expect(collapseBlankLines(text)).toEqual({ text, changed: 0 })
  })
})

describe('Project Gutenberg', () => {
  const header = 'The Project Gutenberg eBook of A\n\nTitle: A\n\n*** START OF THE PROJECT GUTENBERG EBOOK A ***\n'
  const footer = '*** END OF THE PROJECT GUTENBERG EBOOK A ***\n\nUpdated editions\nlicence\n'
  const book = 'Chapter 1\n\nIt was.\n'
  it('leaves out header and licence, of every book in the file', () => {
    for (const size of SIZES) {
      const step = new GutenbergStep()
      expect(run(step, header + book + footer, size)).toBe(book)
      expect(step.changed).toBe(9)
      const two = new GutenbergStep()
      expect(run(two, header + book + footer + header + book + footer, size)).toBe(book + book)
      expect(two.changed).toBe(18)
    }
  })
  it('leaves a text without these lines alone, and one that speaks of them', () => {
    const other = 'He read: *** START OF THE PROJECT GUTENBERG EBOOK.\n'.repeat(4000)
    for (const text of [book, other, '', 'no line end']) {
      const step = new GutenbergStep()
      expect(run(step, text, 1000)).toBe(text)
      expect(step.changed).toBe(0)
    }
  })
  it('does not take a long text behind an end line for a licence', () => {
    const text = `${header}${book}*** END OF THE PROJECT GUTENBERG EBOOK A ***\n${'More of it.\n'.repeat(20_000)}`
    for (const size of [1000, 65_536]) expect(run(new GutenbergStep(), text, size)).toBe(text.slice(header.length))
  })
})

describe('paragraphs', () => {
  const long = (letter: string) => `${letter.repeat(60)}\n${letter.repeat(60)}\n`
  it('asks about each that is long enough, and leaves one out with the blank lines behind it', () => {
    const text = `${long('a')}\n\nTHE END\n\n${long('a')}\n\n${long('b')}\nTHE END\n`
    for (const size of SIZES) {
      const seen = new Set<string>()
      const filter = new ParagraphFilter((paragraph) => seen.size < seen.add(paragraph).size)
      expect(run(filter, text, size)).toBe(`${long('a')}\n\nTHE END\n\n${long('b')}\nTHE END\n`)
      expect([...seen]).toEqual([long('a').trim(), long('b').trim()])
    }
  })
  it('takes a long line for a paragraph', () => {
    const seen: string[] = []
    const lines = [`${'x'.repeat(250)}\n`, 'short\n', `${'y'.repeat(250)}\n`]
    expect(run(new ParagraphFilter((one) => seen.push(one) > 0), lines.join(''), 100)).toBe(lines.join(''))
    expect(seen.map((one) => one.length)).toEqual([250, 250])
  })
  it('lets a line of megabytes pass', () => {
    const text = `${'z'.repeat(3_000_000)}\nafter\n`
    expect(run(new ParagraphFilter(() => false), text, 500_000)).toBe(text)
  })
})
