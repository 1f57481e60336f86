import { expect, it } from 'vitest'
import type { Probe } from '@shared/contract/schemas.ts'
import { readingKinds, rowsText, sizeText } from './importReading.ts'

const probe = (patch: Partial<Probe>) => patch as Probe

it('offers other kinds for text only', () => {
  expect(readingKinds(probe({ kind: 'pdf' }))).toEqual([{ value: 'pdf', label: 'PDF' }])
  expect(readingKinds(probe({ kind: 'tsv' })).map(({ value }) => value)).toEqual([
    'tsv',
    'text',
    'csv',
    'json',
    'jsonl',
    'html',
  ])
})

it('says how many rows there are and which cannot be read', () => {
  expect(rowsText(probe({ kind: 'text', rows: null }))).toBe('')
  expect(rowsText(probe({ kind: 'csv', rows: { count: 1, whole: true, bad: 0, problems: [] } }))).toBe('1 row')
  const problems = [{ line: 1234, reason: 'The row has 1 cell.' }]
  expect(rowsText(probe({ kind: 'jsonl', rows: { count: 2000, whole: false, bad: 2, problems } }))).toBe(
    'First MiB: 2,000 records, 2 cannot be read: line 1,234 (The row has 1 cell), …',
  )
})

it('says how large a text is, and whether that was counted', () => {
  expect(sizeText(probe({ size: null }))).toBe('')
  expect(sizeText(probe({ size: { characters: 20_026, lines: 1, exact: true } }))).toBe('20,026 characters, 1 line')
  expect(sizeText(probe({ size: { characters: 5_012_345, lines: 8001, exact: false } }))).toBe(
    'about 5.01\u202fM characters, about 8\u202fk lines',
  )
  expect(sizeText(probe({ size: { characters: 200_000_000, lines: 191, exact: false } }))).toBe(
    'about 200\u202fM characters in very long lines',
  )
})
