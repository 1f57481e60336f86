import { expect, test } from 'vitest'
import { encodePair, encodePrompt, formatPrompt } from './templates.ts'

const pair = { instruction: 'Name it.', input: 'a cat', output: 'cat' }
const perCharacter = { encode: (text: string) => [...text].map((c) => c.codePointAt(0) as number), endId: 0 }

test('the prompt is the book’s, with and without input', () => {
  const head =
    'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\nName it.'
  expect(formatPrompt(pair)).toBe(`${head}\n\n### Input:\na cat\n\n### Response:\n`)
  expect(formatPrompt({ ...pair, input: '' })).toBe(`${head}\n\n### Response:\n`)
})

test('the mask ends exactly where the response begins, and the end token is trained', () => {
  const { ids, promptLength } = encodePair(perCharacter, pair)
  expect(promptLength).toBe(formatPrompt(pair).length)
  expect(ids.slice(promptLength)).toEqual([...perCharacter.encode('cat'), 0])
  expect(ids.slice(0, promptLength)).toEqual(Array.from(encodePrompt(perCharacter, pair)))
})
