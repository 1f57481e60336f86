import { expect, it } from 'vitest'
import { presetConfig } from '@shared/model/presets.ts'
import { FIELD_NAMES, modelReasons } from './modelReasons.ts'

it('gives a reason for every field, in the numbers of the model', () => {
  const reasons = modelReasons(presetConfig('small', 4096))
  expect(Object.keys(reasons)).toEqual(Object.keys(FIELD_NAMES))
  expect(reasons.nHead.reason).toContain('32 numbers per head')
  expect(reasons.tieWordEmbeddings.reason).toContain('1,048,576')
})

it('changes with the value', () => {
  const config = presetConfig('small', 4096)
  expect(modelReasons(config).dropout.source).toBe('rule')
  expect(modelReasons({ ...config, dropout: 0.1 }).dropout.source).toBe('book')
})
