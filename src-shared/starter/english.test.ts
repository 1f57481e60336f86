import { expect, test } from 'vitest'
import { fixArticles, numberWord, tidy } from './english.ts'

test('puts articles right by sound', () => {
  expect(fixArticles('a apple, an dog, A old owl, a hour, an unicorn, an one, a umbrella')).toBe(
    'an apple, a dog, An old owl, an hour, a unicorn, a one, an umbrella',
  )
})

test('cleans white space, capitals and the space before punctuation', () => {
  expect(tidy(' once  there was a owl .\n it sang .  \n\n\n the end ! ')).toBe(
    'Once there was an owl. It sang.\n\nThe end!',
  )
  expect(tidy('one fish, two ...?')).toBe('One fish, two ...?')
})

test('starts a quotation with a capital letter unless the sentence goes on', () => {
  expect(tidy('"come," said Tom. "come, but be quick."')).toBe('"Come," said Tom. "Come, but be quick."')
  expect(tidy('"it is late," said Tom, "but come."')).toBe('"It is late," said Tom, "but come."')
})

test('gives every speaker a paragraph', () => {
  expect(tidy('"Come!" "No," said Mia.')).toBe('"Come!"\n\n"No," said Mia.')
  expect(tidy('"Come," said Tom. "No," said Mia.')).toBe('"Come," said Tom.\n\n"No," said Mia.')
  expect(tidy('"Come," said Tom. "Now!" said Tom.')).toBe('"Come," said Tom. "Now!" said Tom.')
  expect(tidy('"Come," he said. "No," said Mia.')).toBe('"Come," he said.\n\n"No," said Mia.')
})

test('number words', () => {
  expect([0, 7, 15].map(numberWord)).toEqual(['zero', 'seven', 'fifteen'])
  expect(() => numberWord(16)).toThrow(RangeError)
})
