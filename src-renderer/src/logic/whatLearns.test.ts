import { expect, it } from 'vitest'
import { presetConfig } from '@shared/model/presets.ts'
import { firstChoice, learningFacts, learningOptions, withRank, type LearningShape } from './whatLearns.ts'

const shape: LearningShape = {
  config: presetConfig('small', 4096),
  head: { kind: 'lm' },
  seqLen: 64,
  hardware: { kind: 'cpu', threads: 2 },
  settings: { batchSize: 8, accumulation: 1 },
}

it('says how much trains, and what that saves', () => {
  expect(learningFacts(shape, { kind: 'all' })).toMatch(/^Trains all [\d,]+ parameters; .+ of memory for training\.$/)
  const facts = learningFacts(shape, firstChoice('lora'))
  // 6 blocks, rank 8, width 256: 8 (C + 3C) + 8 (C + C) + 2 x 8 (C + 4C) each.
  expect(facts).toMatch(/^Trains 196,608 of [\d,]+ parameters; .+ of memory for training, \d\d % less\.$/)
  const percent = Number(/(\d+) % less/.exec(facts)![1])
  expect(percent).toBeGreaterThan(40)
  expect(percent).toBeLessThan(80)
})

it('recommends one of three, and tells the chosen one as it is', () => {
  const options = learningOptions(shape, { kind: 'last_blocks', blocks: 3 }, 'all')
  expect(options.map(({ value }) => value)).toEqual(['all', 'lora', 'last_blocks'])
  expect(options.flatMap(({ badge, value }) => (badge ? value : []))).toEqual(['all'])
  expect(options[2]!.facts).toBe(learningFacts(shape, { kind: 'last_blocks', blocks: 3 }))
  expect(options[2]!.facts).not.toBe(learningFacts(shape, firstChoice('last_blocks')))
})

it('lets alpha follow the rank until it was set apart', () => {
  const lora = { kind: 'lora', rank: 8, alpha: 16, layers: ['attn.c_attn' as const] } as const
  expect(withRank({ ...lora, layers: [...lora.layers] }, 4)).toMatchObject({ rank: 4, alpha: 8 })
  expect(withRank({ ...lora, layers: [...lora.layers], alpha: 10 }, 4)).toMatchObject({ rank: 4, alpha: 10 })
})
