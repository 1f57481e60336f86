import { expect, test } from 'vitest'
import { createRng } from '../../random/rng.ts'
import { ID_OF_BYTE } from './byte-alphabet.ts'
import { MergeFinder } from './merge-finder.ts'
import { viewOf, WordTable } from './word-table.ts'

/** Places looked at until no pair comes twice in one word of these bytes. */
function workFor(word: Uint8Array): number {
  const words = new WordTable()
  words.find(word, viewOf(word), 0, word.length)
  words.add(word, 0, word.length)
  const finder = new MergeFinder(words, Float64Array.of(1), ID_OF_BYTE, 2, 'lowest-ids')
  while (finder.next());
  return finder.work
}

test('the work grows with the length of a word, not with its square', () => {
  const rng = createRng(9)
  const same = (length: number) => new Uint8Array(length).fill(0x61)
  const letters = (length: number) => Uint8Array.from({ length }, () => 0x61 + rng.int(26))
  for (const make of [same, letters]) {
    const [short, long] = [workFor(make(10_000)), workFor(make(80_000))]
    expect(short).toBeGreaterThan(1000)
    // Eight times as long: n log n is some ten to twelve times the work, a square 64 times.
    expect(long).toBeLessThan(20 * short)
  }
})
