import { expect, it } from 'vitest'
import { CharTokenizer } from '@shared/text/char.ts'
import { longestTokens } from './vocabulary.ts'

it('lists the longest tokens in bytes, none of them special', () => {
  const tokenizer = new CharTokenizer([...'aé中😀'].map((c) => c.codePointAt(0) ?? 0))
  expect(longestTokens(tokenizer, 3)).toEqual([
    { id: 3, label: '😀', bytes: 4 },
    { id: 2, label: '中', bytes: 3 },
    { id: 1, label: 'é', bytes: 2 },
  ])
  expect(longestTokens(tokenizer, 99)).toHaveLength(4)
})
