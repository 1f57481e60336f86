// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import type { Dataset, Project, TokenizerInfo } from '@shared/contract/schemas.ts'
import { presetConfig } from '@shared/model/presets.ts'
import { call } from '@/host/client.ts'
import { useDataStore } from '@/stores/data.ts'
import { useProjectsStore } from '@/stores/projects.ts'
import { useModelDraft } from './useModelDraft.ts'

vi.mock('@/host/client.ts')

const project = { id: 'p1', datasetId: 'd1', tokenizerId: 't1', model: null } as Project
const tokens = { train: 400_000, val: 40_000, test: 0 }
let scope = effectScope()
/** Models that were written into the project. */
let saved: unknown[]

function draft(current: Project = project) {
  const made = scope.run(() => useModelDraft(current))
  if (!made) throw new Error('the scope is not active')
  return made
}

beforeEach(() => {
  setActivePinia(createPinia())
  saved = []
  scope = effectScope()
  vi.mocked(call).mockImplementation((method, input) => {
    if (method === 'projects.update') saved.push((input as { patch: unknown }).patch)
    return Promise.resolve({ ...project }) as never
  })
  const data = useDataStore()
  data.datasets = [{ id: 'd1', characters: 1_100_000 } as Dataset]
  data.tokenizers = [{ id: 't1', vocabSize: 1024, tokens } as TokenizerInfo]
})

it('begins with the advised size and the tokenizer’s vocabulary', () => {
  const { config, size, blocked } = draft()
  expect(config.value).toEqual(presetConfig('tiny', 1024))
  expect([size.value, blocked.value]).toEqual(['tiny', null])
})

it('saves what works and keeps what does not to itself', async () => {
  const { change, save, blocked, issues } = draft()
  change({ nEmbd: 100, nHead: 8 })
  expect(blocked.value?.code).toBe('width_not_divisible')
  await save()
  expect(saved).toEqual([])
  change(issues.value[0]?.fixes[0]?.patch ?? {})
  await save()
  expect(saved).toEqual([{ preset: 'custom', model: { ...presetConfig('tiny', 1024), nEmbd: 96, nHead: 8 } }])
})

it('saves the last change when the screen is left, into the project it was made for', () => {
  const { change } = draft()
  change({ nLayer: 3 })
  useProjectsStore().select('another')
  scope.stop()
  expect(saved).toEqual([{ preset: 'custom', model: { ...presetConfig('tiny', 1024), nLayer: 3 } }])
  expect(vi.mocked(call).mock.lastCall?.[1]).toMatchObject({ id: 'p1' })
})

it('goes back to the preset a change by hand came from', () => {
  const { change, setSize, size, base, config } = draft()
  setSize('small')
  change({ nLayer: 7 })
  expect([size.value, base.value]).toEqual(['custom', 'small'])
  setSize(base.value)
  expect(config.value).toEqual(presetConfig('small', 1024))
})

it('asks for another vocabulary when the tokenizer changed, and a new size brings it', () => {
  const { blocked, setSize } = draft({ ...project, model: presetConfig('tiny', 512) })
  expect(blocked.value?.code).toBe('vocab_mismatch')
  setSize('pocket')
  expect(blocked.value).toBeNull()
})
