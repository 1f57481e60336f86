import { expect, test } from 'vitest'
import { encodePair, formatPrompt } from './templates.ts'

const pair = { instruction: 'Name it.', input: 'a cat', output: 'cat' }
const perCharacter = { encode: (text: string) => [...text].map((c) => c.codePointAt(0) as number), endOfText: 0 }

test('the prompt is the book’s, with and without input', () => {
  const head =
    'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\nName it.'
  expect(formatPrompt(pair)).toBe(`${head}\n\n### Input:\na cat\n\n### Response:\n`)
  expect(formatPrompt({ ...pair, input: '' })).toBe(`${head}\n\n### Response:\n`)
})

test('the mask ends exactly where the response begins, and the end token is trained', () => {
  const { ids, promptLength, cut } = encodePair(perCharacter, pair, 1000)
  expect(promptLength).toBe(formatPrompt(pair).length)
  expect(ids.slice(promptLength)).toEqual([...perCharacter.encode('cat'), 0])
  expect(cut).toBe(0)
})

test('a pair longer than the context is cut at its end and says by how much', () => {
  const promptLength = formatPrompt(pair).length
  expect(encodePair(perCharacter, pair, promptLength + 2)).toMatchObject({ promptLength, cut: 2 })
  const hopeless = encodePair(perCharacter, pair, 10)
  expect(hopeless.ids.length).toBe(10)
  expect(hopeless.promptLength).toBe(10)
})
