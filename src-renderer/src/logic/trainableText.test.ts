import { expect, it } from 'vitest'
import { layerSet, trainableText } from './trainableText.ts'

it('says what learns', () => {
  expect(trainableText({ kind: 'all' })).toBe('Everything')
  expect(trainableText({ kind: 'last_blocks', blocks: 1 })).toBe('The last block')
  expect(trainableText({ kind: 'last_blocks', blocks: 3 })).toBe('The last 3 blocks')
  expect(trainableText({ kind: 'last_blocks', blocks: 0 })).toBe('Only what stands above the blocks')
  const lora = { kind: 'lora', rank: 8, alpha: 16 } as const
  expect(trainableText({ ...lora, layers: ['attn.c_attn.v', 'attn.c_attn.q'] })).toBe(
    'Adapters of rank 8, alpha 16, on query and value',
  )
  expect(trainableText({ ...lora, layers: ['attn.c_attn.q', 'mlp.c_fc'] })).toBe(
    'Adapters of rank 8, alpha 16, on query, feed-forward in',
  )
})

it('knows sets of layers in any order', () => {
  expect(layerSet(['mlp.c_proj', 'mlp.c_fc'])?.id).toBe('feed-forward')
  expect(layerSet(['mlp.c_proj'])).toBeUndefined()
})
