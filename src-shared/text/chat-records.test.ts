import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Role } from '../contract/schemas.ts'
import type { JsonObject } from '../formats/read-record.ts'
import { expandedRoles, expandRow } from './chat-records.ts'
import { detectRoles, missingRoles } from './records.ts'

const CHAT: Record<string, Role> = { messages: 'messages' }
const expand = (record: JsonObject, roles: Record<string, Role> = CHAT) => expandRow({ line: 7, record }, roles)
const pair = (instruction: string, output: string, input = '') => ({ line: 7, record: { instruction, input, output } })
const say = (...turns: string[]) =>
  turns.map((turn) => {
    const [who = '', content = ''] = turn.split(':')
    const role = { s: 'system', u: 'user', a: 'assistant' }[who] ?? who
    return { role, content }
  })
const reason = (...turns: string[]) => expand({ messages: say(...turns) }).map((row) => row.problem?.reason ?? 'a pair')

test('each question with its answer is a pair; the system message stands before the first', () => {
  expect(expand({ messages: say('s:Be kind.', 'u:Hi', 'a:Hello', 'u:Bye', 'a:So long') })).toEqual([
    pair('Be kind.\n\nHi', 'Hello'),
    pair('Bye', 'So long'),
  ])
})

test('ShareGPT names, parts of text, and chats written as JSON in a cell', () => {
  const conversations = [
    { from: 'human', value: 'Hi' },
    { from: 'gpt', value: 'Hello' },
  ]
  expect(expand({ id: 1, conversations }, { id: 'ignore', conversations: 'messages' })).toEqual([pair('Hi', 'Hello')])
  const parts = [
    { type: 'text', text: 'Hi ' },
    { type: 'text', text: 'you' },
  ]
  expect(
    expand({
      messages: [
        { role: 'user', content: parts },
        { role: 'assistant', content: 'Hello' },
      ],
    }),
  ).toEqual([pair('Hi you', 'Hello')])
  expect(expand({ messages: JSON.stringify(say('u:Hi', 'a:Hello')) })).toEqual([pair('Hi', 'Hello')])
})

test('a wrong order, an unknown speaker and an empty message are reported by their place', () => {
  expect(reason('u:a', 'u:b', 'a:c')).toEqual([
    'Message 2 is the second user message in a row; an answer was expected.',
  ])
  expect(reason('a:a', 'u:b')).toEqual(['Message 1 is an answer, but nothing was asked before it.'])
  expect(reason('u:a', 'a:b', 'a:c')).toEqual(['Message 3 is the second answer in a row; a user message was expected.'])
  expect(reason('u:a', 's:b', 'a:c')).toEqual(['Message 2 is a system message in the middle of the chat.'])
  expect(reason('u:a', 'tool:b', 'a:c')).toEqual(['Message 2 is by “tool”; system, user and assistant are understood.'])
  expect(reason('u:a', 'a: ')).toEqual(['Message 2, of the assistant, is empty.'])
  expect(reason('u:a')).toEqual(['The chat has no answer.'])
  expect(reason('u:a', 'a:b', 'u:c')).toEqual([
    'a pair',
    'The last user message has no answer; what comes before it is used.',
  ])
})

test('self-instruct: one pair for each instance', () => {
  const roles: Record<string, Role> = { instruction: 'instruction', instances: 'instances' }
  const instances = [
    { input: '2+2', output: '4' },
    { input: '', output: '' },
    { input: '3+3', output: 6 },
  ]
  expect(expand({ instruction: 'Add', instances }, roles)).toEqual([
    pair('Add', '4', '2+2'),
    pair('Add', '6', '3+3'),
    expect.objectContaining({ problem: expect.objectContaining({ reason: 'Instance 2 has no output.' }) }),
  ])
})

test('records of one pair each are left as they are', () => {
  const roles: Record<string, Role> = { a: 'instruction', b: 'output' }
  const row = { line: 1, record: { a: 'x', b: 'y' } }
  expect(expandRow(row, roles)).toEqual([row])
  expect(expandedRoles(roles)).toBe(roles)
  expect(expandedRoles(CHAT)).toEqual({ instruction: 'instruction', input: 'input', output: 'output' })
})

test('whatever stands where a chat is expected becomes pairs or a problem', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const rows = expand({ messages: value })
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) expect(row.problem ? row.problem.reason.length > 10 : row.record).toBeTruthy()
    }),
  )
})

test('the conventions are told by their keys', () => {
  const detect = (record: JsonObject) => {
    const columns = Object.keys(record)
    const { roles, purpose, convention } = detectRoles(columns, [
      columns.map((column) => (typeof record[column] === 'string' ? record[column] : JSON.stringify(record[column]))),
    ])
    expect(missingRoles(roles, purpose)).toEqual([])
    return [convention, purpose]
  }
  expect(detect({ messages: say('u:a', 'a:b') })).toEqual(['OpenAI chat', 'instruct'])
  expect(detect({ id: 'x', conversations: [{ from: 'human', value: 'a' }] })).toEqual(['ShareGPT chat', 'instruct'])
  expect(detect({ instruction: 'a', instances: [{ output: 'b' }] })).toEqual(['self-instruct', 'instruct'])
  expect(detect({ instruction: 'a', input: '', output: 'b' })).toEqual(['Alpaca', 'instruct'])
  expect(detect({ prompt: 'a', completion: 'b' })).toEqual(['prompt and completion', 'instruct'])
  expect(detect({ text: 'a' })).toEqual(['records with text', 'pretrain'])
  expect(detect({ text: 'a', label: 'b' })).toEqual(['text + label', 'classify'])
})
