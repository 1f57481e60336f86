import { expect, it } from 'vitest'
import { heldOutRows } from './heldOut.ts'

const records = [
  { instruction: 'Give the opposite.', input: 'hot', output: 'cold' },
  { instruction: 'Name a colour.', input: '', output: 'Red' },
]
const samples = [
  { step: 0, prompt: 'Give the opposite.\nhot', text: 'xx' },
  { step: 50, prompt: 'Give the opposite.\nhot', text: ' cold\n' },
  { step: 50, prompt: 'Name a colour.', text: 'Blue' },
  { step: 50, prompt: 'Who are you?', text: 'A dog.' },
]

it('puts the newest answer beside the wanted one', () => {
  expect(heldOutRows(samples, records)).toEqual([
    { prompt: 'Give the opposite.\nhot', step: 50, answer: 'cold', expected: 'cold', same: true },
    { prompt: 'Name a colour.', step: 50, answer: 'Blue', expected: 'Red', same: false },
    { prompt: 'Who are you?', step: 50, answer: 'A dog.', expected: null, same: false },
  ])
})
