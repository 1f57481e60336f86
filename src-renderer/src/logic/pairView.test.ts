import { expect, it } from 'vitest'
import { pairSpans } from './pairView.ts'

const letters = ['a', 'b', '\n', '\uFFFD', '<|endoftext|>']
const tokenizer = {
  endId: 4,
  unknown: null,
  decode: (ids: ArrayLike<number>) => Array.from(ids, (id) => letters[id]).join(''),
  tokenLabel: (id: number) => (id === 3 ? '<0xE2>' : (letters[id] ?? '')),
}

it('tells prompt, answer and what is cut apart', () => {
  const spans = pairSpans(tokenizer, { ids: [0, 1, 2, 0, 4], promptLength: 2 }, 3)
  expect(spans.map((span) => span.part)).toEqual(['prompt', 'prompt', 'answer', 'answer', 'cut'])
  expect(spans.map((span) => span.special)).toEqual([false, false, false, false, true])
})

it('shows parts of characters by their bytes', () => {
  expect(pairSpans(tokenizer, { ids: [3], promptLength: 1 }, 8)[0]?.text).toBe('<0xE2>')
})
