import { expect, test } from 'vitest'
import { trainableFlags } from './trainable-flags.ts'

test('adapters, last blocks or everything', () => {
  expect(trainableFlags({})).toEqual({ kind: 'all' })
  expect(trainableFlags({ base: 'x' })).toEqual({ kind: 'all' })
  expect(trainableFlags({ base: 'x', 'last-blocks': 2 })).toEqual({ kind: 'last_blocks', blocks: 2 })
  expect(trainableFlags({ base: 'x', 'lora-rank': 4 })).toEqual({
    kind: 'lora',
    rank: 4,
    alpha: 8,
    layers: ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'],
  })
  expect(trainableFlags({ base: 'x', 'lora-alpha': 3, 'lora-layers': 'attn.c_attn.q, attn.c_attn.v' })).toEqual({
    kind: 'lora',
    rank: 8,
    alpha: 3,
    layers: ['attn.c_attn.q', 'attn.c_attn.v'],
  })
})

test('what does not go together is said', () => {
  expect(() => trainableFlags({ 'lora-rank': 4 })).toThrow('on a model that has learned already')
  expect(() => trainableFlags({ base: 'x', 'lora-rank': 4, 'last-blocks': 1 })).toThrow('exclude each other')
  expect(() => trainableFlags({ base: 'x', 'lora-layers': 'lm_head' })).toThrow('there is no layer “lm_head”')
})
