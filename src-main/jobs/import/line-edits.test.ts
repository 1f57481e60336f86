import { expect, it } from 'vitest'
import type { Edit } from '@shared/contract/cleaning.ts'
import { LineEdits } from './line-edits.ts'

/** The whole of a text in chunks of `size`, and how many lines were left out. */
function edit(text: string, edits: [line: number, text: string | null][], size: number) {
  const lines = new LineEdits(new Map(edits.map(([line, to]): [number, Edit] => [line, { file: 0, line, text: to }])))
  const pieces: (string | null)[] = []
  for (let at = 0; at < text.length; at += size) pieces.push(...lines.push(text.slice(at, at + size)))
  pieces.push(...lines.end())
  return { text: pieces.filter((piece) => piece !== null).join(''), dropped: pieces.filter((p) => p === null).length }
}

it.each([1, 2, 3, 5, 100])('edits lines however the text is cut: chunks of %i', (size) => {
  expect(edit('one\ntwo\nthree\n', [[2, 'zwei']], size).text).toBe('one\nzwei\nthree\n')
  expect(
    edit(
      'a\nb\nc\nd',
      [
        [1, 'A'],
        [2, null],
        [4, 'D'],
      ],
      size,
    ),
  ).toEqual({ text: 'A\nc\nD', dropped: 1 })
  expect(edit('a\n\nc', [[2, 'b']], size).text).toBe('a\nb\nc')
  expect(edit('a\n', [[2, 'beyond the end']], size).text).toBe('a\n')
  expect(edit('a\nb\n', [], size).text).toBe('a\nb\n')
})
