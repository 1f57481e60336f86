import { expect, it } from 'vitest'
import { diffText, visible } from './textDiff.ts'

const side = (before: string, after: string, kind: 'removed' | 'added') =>
  diffText(before, after)
    .filter((piece) => piece.kind === 'same' || piece.kind === kind)
    .map(({ text }) => text)
    .join('')

it('marks what went and what came, and gives both sides back', () => {
  expect(diffText('a big  dog\n\n\nran', 'a dog\n\nran')).toEqual([
    { kind: 'same', text: 'a ' },
    { kind: 'removed', text: 'big  ' },
    { kind: 'same', text: 'dog\n\n' },
    { kind: 'removed', text: '\n' },
    { kind: 'same', text: 'ran' },
  ])
  for (const [before, after] of [
    ['', 'x'],
    ['Cafe\u0301 is', 'Café is'],
    ['one two three', 'three two one'],
    ['x '.repeat(2000), 'y'],
  ] as const) {
    expect(side(before, after, 'removed')).toBe(before)
    expect(side(before, after, 'added')).toBe(after)
  }
})

it('shows what cannot be seen', () => {
  expect(visible('a\u0001\ufeff\u0085\tb\n')).toBe('a[U+0001][U+FEFF][U+0085]→b↵\n')
  expect(visible('e\u0301')).toBe('e\u25cc\u0301')
})
