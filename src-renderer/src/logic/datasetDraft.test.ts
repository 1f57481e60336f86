import type { DatasetDraft } from '@shared/contract/desk.ts'
import { expect, it } from 'vitest'
import type { Dataset } from '@shared/contract/schemas.ts'
import { defaultBuild } from '@shared/text/clean/recipe.ts'
import { draftChanges, draftCounts, withEdit } from './datasetDraft.ts'

const build = defaultBuild('pretrain', 1, 0)
const draft = (patch: Partial<DatasetDraft> = {}): DatasetDraft => ({ build, edits: [], effects: {}, ...patch })
const dataset = {
  records: { train: 80, val: 13, test: 0 },
  problems: { total: 7, kept: [] },
  made: { build, problems: [{ kind: 'malformed', total: 7, leftOut: 7, repairable: 2 }] },
} as unknown as Dataset

it('has no changes at first, and names each that is made', () => {
  expect(draftChanges({ build, edits: [] }, draft())).toEqual([])
  const other = draft({
    edits: [{ file: 0, line: 3, text: 'x' }],
    build: {
      ...build,
      repair: true,
      recipe: { ...build.recipe, gutenberg: false, unicode: 'nfkc', near: true },
      split: { ...build.split, val: 20, dropShared: true },
    },
  })
  expect(draftChanges({ build, edits: [] }, other)).toEqual([
    '1 line edited',
    'repairs on',
    'Unicode form on',
    'Project Gutenberg texts off',
    'Near-copies on',
    'split 80 / 20 %',
    'shared text left out',
  ])
})

it('counts an edit that is changed or taken back, and none that is the same', () => {
  const edits = [{ file: 0, line: 3, text: 'x' }]
  expect(draftChanges({ build, edits }, draft({ edits }))).toEqual([])
  expect(draftChanges({ build, edits }, draft())).toEqual(['1 line edited'])
  const two = withEdit(withEdit(edits, { file: 0, line: 1, text: null }), { file: 0, line: 3, text: 'y' })
  expect(two.map(({ line, text }) => [line, text])).toEqual([
    [1, null],
    [3, 'y'],
  ])
  expect(draftChanges({ build, edits }, draft({ edits: two }))).toEqual(['2 lines edited'])
})

it('moves the counts at once: 93 good and 7 bad, after an edit 94 and 6', () => {
  expect(draftCounts(dataset, draft())).toEqual({ good: 93, bad: 7 })
  expect(draftCounts(dataset, draft({ effects: { '0:10': 1 } }))).toEqual({ good: 94, bad: 6 })
  expect(draftCounts(dataset, draft({ effects: { '0:10': 1, '0:1': -1 } }))).toEqual({ good: 93, bad: 6 })
  expect(draftCounts(dataset, draft({ build: { ...build, repair: true } }))).toEqual({ good: 95, bad: 5 })
})
