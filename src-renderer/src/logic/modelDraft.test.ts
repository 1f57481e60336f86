import { expect, it } from 'vitest'
import { presetConfig } from '@shared/model/presets.ts'
import { sizeOf, withSize } from './modelDraft.ts'

it('knows a preset by its shape, whatever the vocabulary', () => {
  expect(sizeOf(presetConfig('tiny', 777))).toBe('tiny')
  expect(sizeOf({ ...presetConfig('tiny', 777), nLayer: 5 })).toBe('custom')
})

it('takes over a preset and keeps the vocabulary', () => {
  const custom = { ...presetConfig('tiny', 777), nEmbd: 96 }
  expect(withSize(custom, 'small')).toEqual(presetConfig('small', 777))
  expect(withSize(custom, 'custom')).toEqual(custom)
})
