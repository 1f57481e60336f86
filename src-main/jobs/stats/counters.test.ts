import { expect, test } from 'vitest'
import { EXACT_LENGTHS } from '@shared/contract/statistics.ts'
import { CharacterCounter } from './characters.ts'
import { LengthCounter } from './lengths.ts'
import { LineRepeats } from './lines.ts'
import { hashBytes, newHash, RepeatCounter } from './repeats.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('lengths are exact up to a limit and in octaves above it', () => {
  const lengths = new LengthCounter()
  const top = EXACT_LENGTHS
  for (const length of [0, 3, 3, top, top + 1, 2 * top, 2 * top + 1, 9 * top]) lengths.add(length)
  expect(lengths.result('documents')).toEqual({
    unit: 'documents',
    exact: [
      [0, 1],
      [3, 2],
      [top, 1],
    ],
    longer: [
      { from: top + 1, to: 2 * top, records: 2, tokens: 3 * top + 1 },
      { from: 2 * top + 1, to: 4 * top, records: 1, tokens: 2 * top + 1 },
      { from: 8 * top + 1, to: 16 * top, records: 1, tokens: 9 * top },
    ],
    longest: 9 * top,
  })
})

test('characters by category, script and rarity', () => {
  const characters = new CharacterCounter()
  characters.add('Aé 中文,😀\n')
  characters.add('Ω7\ufffd\u0007'.repeat(20))
  const { total, distinct, categories, scripts, rarest, frequent, rare } = characters.result()
  expect([total, distinct, rare]).toEqual([8 + 80, 12, 8])
  expect(Object.fromEntries(categories.map(({ name, count }) => [name, count]))).toEqual({
    Letters: 24,
    Digits: 20,
    'Damaged (�)': 20,
    'Control characters': 20,
    Blanks: 1,
    Punctuation: 1,
    Emoji: 1,
    'Line ends': 1,
  })
  expect(scripts).toEqual([
    { name: 'Greek', count: 20 },
    { name: 'Latin', count: 2 },
    { name: 'Chinese', count: 2 },
  ])
  expect(frequent[0]).toEqual({ point: 7, count: 20 })
  expect(rarest[0]).toEqual({ point: 0x1f600, count: 1 })
})

/** Counts texts as `RepeatCounter` should. */
function repeatsOf(texts: readonly string[], capacity?: number) {
  const counter = new RepeatCounter(capacity)
  for (const text of texts) {
    const hash = newHash()
    hashBytes(hash, bytes(text))
    counter.add(hash, () => bytes(text))
  }
  return counter.result('texts')
}

test('repeats are counted, and the most frequent shown', () => {
  const texts = ['a', 'b', 'a', 'c', 'a', 'b', 'd']
  expect(repeatsOf(texts)).toEqual({
    unit: 'texts',
    seen: 7,
    repeated: 3,
    exact: true,
    examples: [
      { text: 'a', times: 3 },
      { text: 'b', times: 2 },
    ],
  })
})

test('in a full table the count becomes a fair estimate', () => {
  // 40,000 different ones, each third of them twice, in room for 4,096.
  const texts = Array.from({ length: 40_000 }, (_, i) => [`text ${i}`, ...(i % 3 === 0 ? [`text ${i}`] : [])]).flat()
  const { seen, repeated, exact } = repeatsOf(texts, 4096)
  expect([seen, exact]).toEqual([53_334, false])
  expect(Math.abs(repeated / 13_334 - 1)).toBeLessThan(0.15)
})

test('lines are the same whatever the pieces; short ones are left out', () => {
  const long = 'a line that is long enough'
  const text = `${long}\nshort\nshort\n${long}\nanother line that is long\n${long}`
  for (const size of [1, 7, 1000]) {
    const counter = new RepeatCounter()
    const lines = new LineRepeats(counter)
    const all = bytes(text)
    for (let at = 0; at < all.length; at += size) lines.add(all.subarray(at, at + size), at + size >= all.length)
    expect(counter.result('lines')).toEqual({
      unit: 'lines',
      seen: 4,
      repeated: 2,
      exact: true,
      examples: [{ text: long, times: 3 }],
    })
  }
})
