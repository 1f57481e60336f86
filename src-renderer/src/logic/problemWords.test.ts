import { expect, it } from 'vitest'
import { problemsCsv } from './problemWords.ts'

it('writes the report as a table', () => {
  const problem = {
    kind: 'malformed',
    file: 0,
    line: 7,
    reason: 'Not valid, at all.',
    text: null,
    repaired: null,
  } as const
  expect(problemsCsv([{ ...problem, excerpt: '{"a"' }], ['x.jsonl'])).toBe(
    'kind,file,line,reason,excerpt,repair\r\nMalformed,x.jsonl,7,"Not valid, at all.","{""a""",\r\n',
  )
})
