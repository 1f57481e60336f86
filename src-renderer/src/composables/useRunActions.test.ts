import type { Project, Run } from '@shared/contract/schemas.ts'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { call } from '@/host/client.ts'
import { testRun } from '@/logic/testing/run.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useProjectsStore } from '@/stores/projects.ts'
import { useRunsStore } from '@/stores/runs.ts'
import { useRunActions } from './useRunActions.ts'

vi.mock('@/host/client.ts')
vi.mock('vue-router', () => ({ useRouter: () => ({ replace: async () => {} }) }))

const saved = { id: 'c', step: 1, createdAt: '', bytes: 1, valLoss: null, best: true }
let project: Project

beforeEach(() => {
  setActivePinia(createPinia())
  vi.stubGlobal('document', { querySelector: () => null })
  project = { id: 'project-1', updatedAt: '', pretrainRunId: 'run-1' } as Project
  const answers: Record<string, (input: never) => unknown> = {
    'projects.list': () => [{ ...project, pretrainRunId: null }],
    'projects.update': ({ patch }: { patch: Partial<Project> }) => ({ ...project, ...patch }),
    'runs.create': (input: Partial<Run>) => testRun({ ...input, id: 'run-new' }),
    'runs.delete': () => ({}),
  }
  vi.mocked(call).mockReset()
  vi.mocked(call).mockImplementation(
    (method, input) => Promise.resolve(answers[method]?.(input as never)) as ReturnType<typeof call>,
  )
  useProjectsStore().projects = [project]
  useEngineStore().train = vi.fn()
})

describe('useRunActions', () => {
  it('starts a run as the project’s own, without its empty prompts', async () => {
    const { settings, ...rest } = testRun()
    await useRunActions().start({ ...rest, settings: { ...settings, prompts: ['a', ' '] } })
    expect(useRunsStore().byId('run-new')?.settings.prompts).toEqual(['a'])
    expect(useProjectsStore().projects[0]?.pretrainRunId).toBe('run-new')
    expect(useEngineStore().train).toHaveBeenCalledWith('run-new')
  })

  it('starts again with one setting changed', async () => {
    const run = testRun({ baseRunId: 'base' })
    await useRunActions().act(run, { kind: 'again', label: '', patch: { learningRate: 0.01 } })
    const made = useRunsStore().byId('run-new')
    expect(made).toMatchObject({ baseRunId: 'base', settings: { ...run.settings, learningRate: 0.01 } })
  })

  it('goes on from a checkpoint, or from the start', async () => {
    const actions = useRunActions()
    await actions.act(testRun(), { kind: 'resume', label: '' })
    await actions.act(testRun(), { kind: 'start', label: '' })
    await actions.act(testRun(), { kind: 'resume', label: '', on: 'cpu' })
    expect(vi.mocked(useEngineStore().train).mock.calls).toEqual([
      ['run-1', true, undefined],
      ['run-1', false, undefined],
      ['run-1', true, 'cpu'],
    ])
  })

  it('puts the newest run that has a model in the place of a discarded one', async () => {
    const runs = useRunsStore()
    const old = testRun({ id: 'old', checkpoints: [saved] })
    runs.runs = [testRun(), testRun({ id: 'unsaved' }), old]
    await useRunActions().act(testRun(), { kind: 'discard', label: '' })
    expect(runs.runs.map((run) => run.id)).toEqual(['unsaved', 'old'])
    expect(useProjectsStore().projects[0]?.pretrainRunId).toBe('old')
  })
})
