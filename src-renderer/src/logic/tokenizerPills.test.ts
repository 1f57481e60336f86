import { expect, it } from 'vitest'
import { CharTokenizer } from '@shared/text/char.ts'
import { excerpt, MAX_PILLS, pillsOf } from './tokenizerPills.ts'

const points = (text: string) => [...new Set(text)].map((c) => c.codePointAt(0) ?? 0).toSorted((a, b) => a - b)
const tokenizer = new CharTokenizer(points('abé\n'))

it('shows each token with its id and bytes', () => {
  const { pills, total, exact } = pillsOf(tokenizer, 'é\na')
  expect(pills).toEqual([
    { id: 3, label: 'é', bytes: 'C3 A9', special: false, breaks: false },
    { id: 0, label: '↵', bytes: '0A', special: false, breaks: true },
    { id: 1, label: 'a', bytes: '61', special: false, breaks: false },
  ])
  expect([total, exact]).toEqual([3, true])
})

it('marks the end token and what the vocabulary lacks', () => {
  const { pills, unknown, exact } = pillsOf(tokenizer, 'a<|endoftext|>x')
  expect(pills.map((pill) => pill.special)).toEqual([false, true, true])
  expect([unknown, exact]).toEqual([1, false])
})

it('draws so many and counts all', () => {
  const { pills, total } = pillsOf(tokenizer, 'ab'.repeat(MAX_PILLS))
  expect([pills.length, total]).toEqual([MAX_PILLS, 2 * MAX_PILLS])
})

it('cuts an excerpt between words', () => {
  expect(excerpt('Willow began to wonder', 18)).toBe('Willow began to')
  expect(excerpt('Willow', 18)).toBe('Willow')
  expect(excerpt('中'.repeat(30), 5)).toBe('中'.repeat(5))
})
