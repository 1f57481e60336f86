import { describe, expect, it } from 'vitest'
import { CODE_POINT_CLASS, LETTER, NUMBER, OTHER, SPACE } from './code-point-class.ts'
import { pretokenEnd } from './pretokenize.ts'

// `\s` of the original means Unicode White_Space, which JavaScript's own \s is not.
const PATTERN =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu

function pretokens(bytes: Uint8Array): string[] {
  const words: string[] = []
  for (let start = 0; start < bytes.length;) {
    const end = pretokenEnd(bytes, start, bytes.length)
    expect(end).toBeGreaterThan(start)
    words.push(Buffer.from(bytes.subarray(start, end)).toString())
    start = end
  }
  return words
}

const texts = [
  `I'll don't we've they're he's I'm you'd CAN'T 'tis ''s '`,
  "'l 'r 'v 'll'll x'y 's",
  'a  b   c\n\n d \n e\t\tf \t g  ',
  ' \u00850 x\u0085y \u0085\u0085z \uFEFFa \u2028b\u00A0c\u3000\u3000d',
  '日本1号 2nd naïve café e\u0301 १२३ ½² Ⅷ',
  '👩‍👩‍👧 🇩🇪 x😀😀 y 𝒳𝟘',
  '...!? --> $3.50 a_b#c ﷽',
  ' ',
  '\n',
  '',
]

describe('pretokenEnd', () => {
  it.each(texts)('cuts %j as the pattern does', (text) => {
    expect(pretokens(Buffer.from(text))).toEqual(text.match(PATTERN) ?? [])
  })

  it('takes each invalid byte for a character of no class', () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xfe, 0x80, 0x20, 0xc3, 0x28, 0xe2, 0x82, 0x62)
    const ends: number[] = []
    for (let at = 0; at < bytes.length;) ends.push((at = pretokenEnd(bytes, at, bytes.length)))
    expect(ends).toEqual([1, 4, 9, 10])
  })

  it.each([
    ['overlong', [0xc0, 0xaf], 2],
    ['overlong of three', [0xe0, 0x80, 0xaf], 3],
    ['a surrogate', [0xed, 0xa0, 0x80], 3],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 4],
    ['cut off', [0xf0, 0x9f, 0x98], 3],
  ])('%s is so many bytes of no class', (_name, sequence, end) => {
    // An x behind: a letter ends the run of OTHER.
    expect(pretokenEnd(Uint8Array.from([...sequence, 0x78]), 0, sequence.length + 1)).toBe(end)
  })
})

// Another runtime may know an earlier or later Unicode, in which other code points are assigned.
it.runIf(process.versions.unicode === '17.0')('the classes are those of the runtime', () => {
  const wrong: string[] = []
  for (let point = 0; point < 0x110000; point++) {
    const text = String.fromCodePoint(point)
    const expected = /\p{L}/u.test(text)
      ? LETTER
      : /\p{N}/u.test(text)
        ? NUMBER
        : /\p{White_Space}/u.test(text)
          ? SPACE
          : OTHER
    if (CODE_POINT_CLASS[point] !== expected) wrong.push(point.toString(16))
  }
  expect(wrong).toEqual([])
})
