import type { Dataset } from '@shared/contract/schemas.ts'
import { expect, it } from 'vitest'
import { balanceNotes, majorityClass } from './classBalance.ts'

const dataset = (counts: Record<string, number>) =>
  ({
    classes: Object.entries(counts).map(([label, n]) => ({ label, counts: { train: n, val: 0, test: 0 } })),
  }) as Pick<Dataset, 'classes'> as Dataset

it('has nothing to say of even classes', () => {
  expect(balanceNotes(dataset({ ham: 100, spam: 90 }))).toEqual([])
})

it('says what the majority alone would reach', () => {
  const [note] = balanceNotes(dataset({ ham: 860, spam: 140 }))
  expect(note).toMatchObject({ tone: 'info' })
  expect(note?.text).toMatch(/“ham” is 6\.1 times as frequent as “spam”.* 86\u202f%/)
})

it('warns of a class with too few texts, first', () => {
  const notes = balanceNotes(dataset({ ham: 90, spam: 2 }))
  expect(notes.map((note) => note.tone)).toEqual(['warn', 'info'])
  expect(notes[0]?.text).toContain('“spam” has 2 texts')
  expect(balanceNotes(dataset({ a: 30, b: 30 }))[0]?.text).toContain('only 30 texts')
})

it('knows what always answering the commonest training class reaches in another part', () => {
  const set = {
    classes: [
      { label: 'ham', counts: { train: 60, val: 3, test: 0 } },
      { label: 'spam', counts: { train: 40, val: 7, test: 0 } },
    ],
  } as Dataset
  expect(majorityClass(set, 'val')).toEqual({ label: 'ham', share: 0.3 })
  expect(majorityClass(set, 'test')).toBeNull()
})
