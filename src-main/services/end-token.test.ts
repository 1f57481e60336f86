import { expect, it } from 'vitest'
import { endTokenId } from './end-token.ts'

it.each([
  [
    {
      added_tokens: [
        { id: 3, content: '<pad>' },
        { id: 7, content: '<|endoftext|>' },
      ],
    },
    7,
  ],
  [{ added_tokens: [{ id: 3, content: '<pad>' }] }, null],
  [{ added_tokens: [null, { content: '<|endoftext|>' }] }, null],
  [{}, null],
  [null, null],
  ['text', null],
])('%j has the end token %j', (tokenizer, id) => {
  expect(endTokenId(tokenizer)).toBe(id)
})
