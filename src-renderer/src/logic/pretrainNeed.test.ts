import type { Dataset, Project, TokenizerInfo } from '@shared/contract/schemas.ts'
import { presetConfig } from '@shared/model/presets.ts'
import { expect, it } from 'vitest'
import { pretrainNeed } from './pretrainNeed.ts'

const project = (model: Project['model']) => ({ model }) as Project
const dataset = { id: 'd1', status: 'ready' } as Dataset
const tokenizer = { datasetId: 'd1', vocabSize: 512 } as TokenizerInfo

it('leads to the first stage that is missing or out of date', () => {
  const stages = [
    pretrainNeed(project(null), null, null),
    pretrainNeed(project(null), { ...dataset, status: 'importing' }, null),
    pretrainNeed(project(null), dataset, null),
    pretrainNeed(project(null), dataset, { ...tokenizer, datasetId: 'other' }),
    pretrainNeed(project(null), dataset, tokenizer),
    pretrainNeed(project(presetConfig('pocket', 300)), dataset, tokenizer),
  ].map((need) => need?.title)
  expect(stages).toEqual([
    'First the text',
    'First the text',
    'Then a tokenizer',
    'The tokenizer is out of date',
    'Then a model',
    'The model is out of date',
  ])
})

it('needs nothing when all is there', () => {
  expect(pretrainNeed(project(presetConfig('pocket', 512)), dataset, tokenizer)).toBeNull()
})
