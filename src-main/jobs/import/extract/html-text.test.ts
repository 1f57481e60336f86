import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LIMITS } from '@shared/contract/limits.ts'
import { HtmlText } from './html-text.ts'

function textOf(page: string, size = page.length || 1): string {
  const html = new HtmlText('page.html')
  let text = ''
  for (let at = 0; at < page.length; at += size) text += html.push(page.slice(at, at + size))
  return text + html.end()
}

const PAGE = `<!doctype html>
<html><head><title>Not this</title><style>p { color: red }</style></head>
<body><h1>A &amp; B</h1><p>One <b>bold</b>
  word,&nbsp;and<br>a line.</p><script>alert("<p>no</p>")</script>
<ul><li>first</li><li>second</li></ul>
<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
<pre>  kept
    as it is</pre><p>caf&eacute; &#x1F600;</p></body></html>`

const TEXT =
  'A & B\n\nOne bold word,\u00a0and\na line.\n\nfirst\nsecond\n\na\tb\n1\t2\n\n  kept\n    as it is\n\ncafé 😀'

test('blocks are paragraphs, white space is collapsed, entities are decoded, scripts are left out', () => {
  expect(textOf(PAGE)).toBe(TEXT)
})

test('the same text wherever the chunks are cut', () => {
  for (const size of [1, 2, 3, 7, 50]) expect(textOf(PAGE, size)).toBe(TEXT)
})

test('whatever comes is read without an error, into no more than it was', () => {
  const pieces = [
    '<p>',
    '</p>',
    '<pre>',
    '<script>',
    '</script>',
    '<!--',
    '&amp',
    '<td',
    '"',
    '&#xFFFFFFF;',
    '<![CDATA[',
  ]
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom(...pieces))),
      fc.integer({ min: 1, max: 9 }),
      (parts, size) => {
        const page = parts.join('')
        expect(textOf(page, size).length).toBeLessThanOrEqual(page.length)
      },
    ),
    { numRuns: 500 },
  )
})

test('a tag that never ends is refused at the limit', () => {
  const html = new HtmlText('page.html')
  html.push('<p>text <a title="')
  const chunk = 'x'.repeat(1024 * 1024)
  expect(() => {
    for (let i = 0; i <= LIMITS.lineBytes / chunk.length; i++) html.push(chunk)
  }).toThrow('page.html: a tag or comment is longer than 16 million characters.')
})
