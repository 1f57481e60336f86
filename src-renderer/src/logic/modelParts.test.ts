import { expect, it } from 'vitest'
import { parameterCount } from '@shared/model/memory.ts'
import { PRESETS, presetConfig } from '@shared/model/presets.ts'
import { modelParts, PART_IDS } from './modelParts.ts'

it('adds up to the whole model', () => {
  for (const { id } of PRESETS) {
    for (const patch of [{}, { tieWordEmbeddings: false }, { qkvBias: true }]) {
      const config = { ...presetConfig(id, 1000), ...patch }
      const parts = Object.values(modelParts(config))
      expect(parts.reduce((sum, { parameters, copies }) => sum + parameters * copies, 0)).toBe(parameterCount(config))
    }
  }
})

it('gives the shapes of this model', () => {
  const parts = modelParts({ ...presetConfig('tiny', 1024), nPositions: 128 })
  expect(PART_IDS.map((id) => [id, parts[id].output])).toEqual([
    ['tokenEmbedding', '128 × 128'],
    ['positionEmbedding', '128 × 128'],
    ['attentionNorm', '128 × 128'],
    ['attention', '4 × 128 × 32 → 128 × 128'],
    ['feedForwardNorm', '128 × 128'],
    ['feedForward', '128 × 512 → 128 × 128'],
    ['finalNorm', '128 × 128'],
    ['head', '128 × 1,024 scores'],
  ])
  expect(parts.attention.tensors.map(({ name, shape }) => `${name} ${shape}`)).toEqual([
    'attn.c_attn.weight 128 × 384',
    'attn.c_proj.weight 128 × 128',
    'attn.c_proj.bias 128',
  ])
})

it('gives a tied head no numbers of its own', () => {
  expect(modelParts({ ...presetConfig('tiny', 1024), nPositions: 128 }).head.parameters).toBe(0)
  expect(modelParts({ ...presetConfig('tiny', 1024), tieWordEmbeddings: false }).head.parameters).toBe(131_072)
})
