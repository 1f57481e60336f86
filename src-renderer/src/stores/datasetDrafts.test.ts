// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { computed } from 'vue'
import type { Dataset, Job, Project, TokenizerInfo } from '@shared/contract/schemas.ts'
import { defaultBuild } from '@shared/text/clean/recipe.ts'
import { call } from '@/host/client.ts'
import { useDataStore } from './data.ts'
import { useDatasetDraftsStore } from './datasetDrafts.ts'
import { useDeskStore } from './desk.ts'
import { useProjectsStore } from './projects.ts'

vi.mock('@/host/client.ts')

const build = defaultBuild('pretrain', 1, 0)
const dataset = { id: 'old', name: 'a', purpose: 'pretrain', status: 'ready', made: { build } } as unknown as Dataset
const job = { id: 'job-1', kind: 'import', state: 'done', label: 'Make a anew', resultId: 'new' } as Job
const calls = (method: string) =>
  vi
    .mocked(call)
    .mock.calls.filter(([name]) => name === method)
    .map(([, input]) => input)
let rebuild: () => Promise<Job>

beforeEach(() => {
  setActivePinia(createPinia())
  rebuild = () => Promise.resolve(job)
  vi.mocked(call)
    .mockReset()
    .mockImplementation((method, input) => {
      if (method === 'datasets.rebuild') return rebuild() as never
      if (method === 'datasets.get') return Promise.resolve({ ...dataset, id: (input as { id: string }).id }) as never
      if (method === 'projects.update') return Promise.resolve({ id: 'p1', datasetId: 'new' }) as never
      return Promise.resolve(method === 'datasets.edits' ? [] : {}) as never
    })
  const projects = useProjectsStore()
  projects.projects = [{ id: 'p1', datasetId: 'old' } as Project]
  projects.currentId = 'p1'
  useDataStore().datasets = [dataset]
})

it('collects edits and takes them back', () => {
  const drafts = useDatasetDraftsStore()
  drafts.edit(dataset, { file: 0, line: 5, text: 'x' }, 1)
  drafts.edit(dataset, { file: 0, line: 2, text: null }, -1)
  expect(drafts.draftOf(dataset)?.edits.map(({ line }) => line)).toEqual([2, 5])
  expect(drafts.draftOf(dataset)?.effects).toEqual({ '0:5': 1, '0:2': -1 })
  drafts.unedit(dataset, { file: 0, line: 2 })
  expect(drafts.draftOf(dataset)).toMatchObject({ edits: [{ line: 5 }], effects: { '0:5': 1 } })
  drafts.discard('old')
  expect(drafts.draftOf(dataset)).toEqual({ build, edits: [], effects: {} })
})

it('is no draft any more when it comes back to how the dataset was made', () => {
  const drafts = useDatasetDraftsStore()
  // Read before it is there, as the rail does: what was computed from it has to follow.
  const shown = computed(() => drafts.hasDraft('old'))
  expect(shown.value).toBe(false)
  drafts.change(dataset, { build: { ...build, repair: true } })
  expect(shown.value).toBe(true)
  expect(drafts.changesOf(dataset)).toEqual(['repairs on'])
  drafts.change(dataset, { build })
  expect(shown.value).toBe(false)
})

it('applies a draft: the project gets the new dataset, and the old one goes when nothing was made from it', async () => {
  const drafts = useDatasetDraftsStore()
  drafts.change(dataset, { build: { ...build, repair: true } })
  const applied = drafts.apply(dataset)
  expect(drafts.isRebuild('job-1')).toBe(true)
  await applied
  expect(calls('datasets.rebuild')).toEqual([{ id: 'old', build: { ...build, repair: true }, edits: [] }])
  expect(useProjectsStore().projects[0]?.datasetId).toBe('new')
  expect(calls('datasets.delete')).toEqual([{ id: 'old' }])
  expect(useDeskStore().desk.drafts).toEqual({})
  expect(drafts.isRebuild('job-1')).toBe(false)
})

it('keeps the old dataset while a tokenizer was made from it, and the draft when the job fails', async () => {
  const drafts = useDatasetDraftsStore()
  useDataStore().tokenizers = [{ id: 't', datasetId: 'old' } as TokenizerInfo]
  drafts.change(dataset, { build: { ...build, dropLong: true } })
  await drafts.apply(dataset)
  expect(calls('datasets.delete')).toEqual([])
  drafts.change(dataset, { build: { ...build, dropLong: true } })
  rebuild = () => Promise.reject(new Error('The disk is full.'))
  await expect(drafts.apply(dataset)).rejects.toThrow('The disk is full.')
  expect(drafts.draftOf(dataset)?.build.dropLong).toBe(true)
  expect(drafts.isRebuild('other')).toBe(false)
})
