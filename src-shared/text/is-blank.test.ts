import { expect, test } from 'vitest'
import { isBlank } from './is-blank.ts'

test.each([
  ['nothing', ''],
  ['spaces, tabs and line ends', ' \t\r\n\u00a0\u3000\u2028'],
  ['zero-width characters', '\u200b\u200c\u200d\u2060\ufeff'],
  ['soft hyphens, marks of direction, selectors of variants', '\u00ad\u200e\u202e\ufe0f\u{e0100}'],
  ['letters without a shape', '\u3164\u115f'],
  ['control characters', '\u0000\u0007\u007f\u0085'],
])('nothing can be seen in %s', (_, text) => {
  expect(isBlank(text)).toBe(true)
})

test.each(['a', ' a', '\u200b.', '\n\u00e9', '\u200d\u{1f600}', '\ufeff\u6f22', '\u0301'])(
  'something can be seen in %j',
  (text) => {
    expect(isBlank(text)).toBe(false)
  },
)
