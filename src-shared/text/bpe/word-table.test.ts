import { expect, test } from 'vitest'
import { createRng } from '../../random/rng.ts'
import { viewOf, WordTable } from './word-table.ts'

test('numbers words as a map would: of any length, with zero bytes, at the very end of the text, through many growths', () => {
  const rng = createRng(4)
  const table = new WordTable(1)
  const known = new Map<string, number>()
  for (let round = 0; round < 4000; round++) {
    // Few byte values, so that words repeat and differ only in zeros and length.
    const text = Uint8Array.from({ length: 1 + rng.int(24) }, () => rng.int(3) * 127)
    const start = rng.int(text.length)
    const key = Buffer.from(text.subarray(start)).toString('hex')
    let word = table.find(text, viewOf(text), start, text.length)
    expect(word).toBe(known.get(key) ?? -1)
    if (word < 0) word = table.add(text, start, text.length)
    known.set(key, word)
    expect(Buffer.from(table.bytesOf(word)).toString('hex')).toBe(key)
  }
  expect(table.size).toBe(known.size)
  expect(known.size).toBeGreaterThan(2000)
})

test('looks at its own part of a longer buffer only', () => {
  const buffer = Buffer.from('xxabyyab')
  const part = buffer.subarray(2, 4)
  const table = new WordTable()
  expect(table.find(part, viewOf(part), 0, 2)).toBe(-1)
  expect(table.add(part, 0, 2)).toBe(0)
  expect(table.find(buffer, viewOf(buffer), 6, 8)).toBe(0)
  expect(table.find(buffer, viewOf(buffer), 2, 5)).toBe(-1)
})

test('forgets every word and numbers anew', () => {
  const bytes = Buffer.from('one two')
  const table = new WordTable()
  table.find(bytes, viewOf(bytes), 0, 3)
  table.add(bytes, 0, 3)
  table.clear()
  expect(table.find(bytes, viewOf(bytes), 4, 7)).toBe(-1)
  expect(table.add(bytes, 4, 7)).toBe(0)
  expect(table.find(bytes, viewOf(bytes), 0, 3)).toBe(-1)
})
