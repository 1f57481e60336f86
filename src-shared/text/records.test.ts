import { expect, test } from 'vitest'
import type { Role } from '../contract/schemas.ts'
import { detectRoles, missingRoles, recordMaker } from './records.ts'

test('conventions are known by their column names', () => {
  expect(detectRoles(['instruction', 'input', 'output'], [])).toEqual({
    roles: { instruction: 'instruction', input: 'input', output: 'output' },
    purpose: 'instruct',
    convention: 'Alpaca',
  })
  expect(detectRoles(['prompt', 'completion'], []).roles).toEqual({ prompt: 'instruction', completion: 'output' })
  expect(detectRoles(['Label', 'Text', 'id'], []).roles).toEqual({ Label: 'label', Text: 'text', id: 'ignore' })
  expect(detectRoles(['text'], []).purpose).toBe('pretrain')
})

test('two unnamed columns: the short, repeating one is the label', () => {
  const rows = [
    ['ham', 'Go until jurong point'],
    ['ham', 'Ok lar'],
    ['spam', 'Free entry in a weekly competition'],
    ['ham', 'U dun say so early'],
  ]
  expect(detectRoles(['column 1', 'column 2'], rows).roles).toEqual({ 'column 1': 'label', 'column 2': 'text' })
})

test('unknown columns are left to the person, and what is missing is named', () => {
  const { roles } = detectRoles(['id', 'question'], [])
  expect(roles).toEqual({ id: 'ignore', question: 'ignore' })
  expect(missingRoles({ id: 'ignore', question: 'instruction' }, 'instruct')).toEqual(['output'])
})

test('a record is made by roles, or refused with the column and the reason', () => {
  const roles = { q: 'instruction', a: 'output' } as const
  expect(recordMaker(roles, 'instruct')({ q: 'Two and two?', a: 4 }).record).toEqual({
    instruction: 'Two and two?',
    input: '',
    output: '4',
  })
  expect(recordMaker(roles, 'instruct')({ q: 'x' }).reason).toContain('“a” is missing')
  expect(recordMaker(roles, 'instruct')({ q: 'x', a: ' ' }).reason).toContain('“a” is empty')
  expect(recordMaker(roles, 'instruct')({ q: ['x'], a: 'y' }).reason).toContain('a list')
  // A field that every object inherits is not a column of the record.
  const inherited: Record<string, Role> = Object.fromEntries([
    ['constructor', 'instruction'],
    ['a', 'output'],
  ] as const)
  expect(recordMaker(inherited, 'instruct')({ a: 'y' }).reason).toContain('“constructor” is missing')
  expect(recordMaker({ t: 'text', l: 'label' }, 'classify')({ t: 'hi', l: ' spam ' }).record).toEqual({
    text: 'hi',
    label: 'spam',
  })
})
