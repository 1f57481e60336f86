import { expect, it } from 'vitest'
import type { Probe, Role } from '@shared/contract/schemas.ts'
import {
  assignRole,
  betterPurpose,
  datasetName,
  fileStatus,
  filesTitle,
  fittingRoles,
  importBlock,
  initialRoles,
  roleBadge,
  usableFiles,
  type ImportFile,
} from './dataImport.ts'

function probe(name: string, patch: Partial<Probe> = {}): Probe {
  return {
    source: { id: name.toLowerCase().replace(/\W/g, '-'), name, bytes: 10 },
    kind: 'csv',
    gzip: false,
    encoding: 'utf-8',
    encodingFound: '',
    encodingSamples: [],
    invalid: null,
    note: '',
    size: null,
    previewLines: [],
    columns: [],
    hasHeader: true,
    delimiter: ',',
    sampleRows: [],
    rows: null,
    roles: {},
    suggestedPurpose: 'pretrain',
    detected: '',
    ...patch,
  }
}

function file(one: Probe, roles: Record<string, Role> = {}): ImportFile {
  return { source: one.source, probe: one, error: null, roles, reading: {}, sample: null, before: [] }
}

const prose = file(probe('story.txt', { kind: 'text' }))
const broken: ImportFile = {
  ...file(probe('empty.txt')),
  probe: null,
  error: { code: 'empty_file', message: 'No text.' },
}
const table = probe('pairs.csv', {
  columns: ['id', 'question', 'answer'],
  roles: { id: 'ignore', question: 'instruction', answer: 'output' },
  suggestedPurpose: 'instruct',
})

it('takes over only the roles that the purpose knows', () => {
  expect(initialRoles(table, 'instruct')).toEqual({ id: 'ignore', question: 'instruction', answer: 'output' })
  expect(initialRoles(table, 'pretrain')).toEqual({ id: 'ignore', question: 'ignore', answer: 'ignore' })
})

it('takes a single column for the text to learn from', () => {
  expect(initialRoles(probe('a.csv', { columns: ['story'] }), 'pretrain')).toEqual({ story: 'text' })
  const chats = probe('a.jsonl', { columns: ['messages'], roles: { messages: 'messages' } })
  expect(initialRoles(chats, 'pretrain')).toEqual({ messages: 'ignore' })
})

it('moves a role from the column that had it', () => {
  const roles: Record<string, Role> = { a: 'text', b: 'label', c: 'ignore' }
  expect(assignRole(roles, 'c', 'text')).toEqual({ a: 'ignore', b: 'label', c: 'text' })
  expect(assignRole(roles, 'b', 'ignore')).toEqual({ a: 'text', b: 'ignore', c: 'ignore' })
})

it('names the missing role and the columns found', () => {
  const status = fileStatus(file(table, { id: 'ignore', question: 'instruction', answer: 'ignore' }), 'instruct')
  expect(status).toEqual({
    state: 'missing',
    roles: ['output'],
    text: 'Required: output. Found: id, question, answer.',
  })
})

it('accepts running text for pretraining only', () => {
  expect(fileStatus(prose, 'pretrain').state).toBe('ready')
  const status = fileStatus(prose, 'classify')
  expect(status.state === 'error' && status.error.message).toContain('story.txt is running text')
  expect(status.state === 'error' && status.error.hint).toContain('text and label')
})

it('says why an import cannot start', () => {
  expect(importBlock([], 'pretrain', false)).toBe('Add a file first.')
  expect(importBlock([prose], 'pretrain', true)).toBe('A file is still being added.')
  expect(importBlock([{ ...prose, probe: null }], 'pretrain', false)).toBe('A file is still being looked at.')
  expect(importBlock([file(table, initialRoles(table, 'pretrain'))], 'pretrain', false)).toBe(
    'pairs.csv: choose a column for text.',
  )
  expect(importBlock([broken], 'pretrain', false)).toBe('This file cannot be used.')
})

it('lets good files through beside a broken one', () => {
  expect(importBlock([broken, prose], 'pretrain', false)).toBeNull()
  expect(usableFiles([broken, prose], 'pretrain')).toEqual([prose])
})

it('knows whether roles were found, chosen, or are missing', () => {
  const found = file(table, initialRoles(table, 'instruct'))
  expect(roleBadge(found, 'instruct')).toEqual({ tone: 'accent', text: 'Detected: ' })
  const chosen = file(table, { id: 'instruction', question: 'ignore', answer: 'output' })
  expect(roleBadge(chosen, 'instruct')).toEqual({ tone: 'success', text: 'Roles chosen by you' })
  const missing = file(table, { id: 'ignore', question: 'instruction', answer: 'ignore' })
  expect(roleBadge(missing, 'instruct')).toEqual({ tone: 'warn', text: 'Required: output' })
  expect(roleBadge(prose, 'pretrain')).toBeNull()
})

it('keeps roles only for the columns they were chosen for', () => {
  const roles: Record<string, Role> = { id: 'ignore', question: 'output', answer: 'instruction' }
  expect(fittingRoles(table, roles)).toBe(roles)
  expect(fittingRoles(probe('other.csv', { columns: ['id', 'text'] }), roles)).toBeNull()
  expect(fittingRoles(table, null)).toBeNull()
})

it('counts the files listed', () => {
  expect(filesTitle([])).toBe('Files')
  expect(filesTitle([prose])).toBe('1 file, 10\u202fB')
  expect(filesTitle([prose, broken])).toBe('2 files, 20\u202fB')
})

it('names a dataset after its first file', () => {
  expect(datasetName([prose])).toBe('story.txt')
  expect(datasetName([prose, broken, prose])).toBe('story.txt and 2 more')
})

it('points records to the stage they were made for', () => {
  expect(betterPurpose(file(table), 'pretrain')).toBe('instruct')
  expect(betterPurpose(file(table), 'instruct')).toBeNull()
  expect(betterPurpose(prose, 'classify')).toBeNull()
})
