import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Dataset, Job, Project, Starter } from '@shared/contract/schemas.ts'
import { openHost } from '@/host/client.ts'
import { useDataStore } from './data.ts'
import { useProjectsStore } from './projects.ts'

const job = (patch: Partial<Job> = {}): Job => ({
  id: 'j1',
  kind: 'import',
  label: 'Import of a.txt',
  state: 'running',
  phase: 'Reading',
  done: 0,
  total: 10,
  unit: 'bytes',
  resultId: 'd1',
  ...patch,
})
const input = {
  name: 'a',
  purpose: 'pretrain' as const,
  files: [{ sourceId: 's1', encoding: 'utf-8' as const, roles: {} }],
  seed: 1,
}

/** Main's answers by method; a test adds its own. */
let answers: Record<string, (input: never) => unknown>
let calls: { method: string; input: unknown }[]

beforeEach(() => {
  setActivePinia(createPinia())
  openHost({ baseUrl: 'http://host', token: '' })
  calls = []
  answers = {
    'datasets.get': ({ id }: { id: string }) => ({ id, purpose: 'pretrain', status: 'ready', starter: null }),
    'datasets.import': () => job(),
    'projects.update': ({ id, patch }: { id: string; patch: object }) => ({ id, name: 'P', ...patch }),
  }
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const method = url.replace('http://host/api/', '')
    const body = JSON.parse(String(init.body)) as never
    calls.push({ method, input: body })
    const answer = answers[method]
    if (!answer) return Response.json({ code: 'not_found', message: `${method} is missing` }, { status: 404 })
    return Response.json(answer(body))
  })
  useProjectsStore().projects = [{ id: 'p1', name: 'P' } as Project]
  useDataStore().claims = {}
})
afterEach(() => vi.unstubAllGlobals())

describe('jobs', () => {
  it('give the project what they made before anyone who waits goes on', async () => {
    const data = useDataStore()
    await data.importInto('p1', input)
    expect(data.jobFor('p1', 'datasetId')?.id).toBe('j1')
    const waiting = data.waitForJob('j1').then(() => useProjectsStore().projects[0]?.datasetId)
    await data.onJob(job({ state: 'done', done: 10 }))
    expect(await waiting).toBe('d1')
    expect(data.dataset('d1')?.status).toBe('ready')
    expect(data.jobFor('p1', 'datasetId')).toBeNull()
  })

  it('reach the project even when their end is told before the answer to their start', async () => {
    const data = useDataStore()
    await data.onJob(job({ state: 'done' }))
    await data.importInto('p1', input)
    expect(useProjectsStore().projects[0]?.datasetId).toBe('d1')
    expect((await data.waitForJob('j1')).state).toBe('done')
  })

  it('leave the project alone when they fail, and say why', async () => {
    const data = useDataStore()
    await data.importInto('p1', input)
    const waiting = expect(data.waitForJob('j1')).rejects.toMatchObject({ code: 'empty_file' })
    await data.onJob(job({ state: 'failed', error: { code: 'empty_file', message: 'a.txt has no text.' } }))
    await waiting
    expect(calls.some(({ method }) => method === 'projects.update')).toBe(false)
  })

  it('do not bring back a project that was deleted meanwhile', async () => {
    const data = useDataStore()
    await data.importInto('p1', input)
    useProjectsStore().projects = []
    await data.onJob(job({ state: 'done' }))
    expect(calls.some(({ method }) => method === 'projects.update')).toBe(false)
  })
})

describe('starters', () => {
  it('are used again once made', async () => {
    const data = useDataStore()
    data.datasets = [{ id: 'd7', starter: 'messages', purpose: 'classify', status: 'ready' } as Dataset]
    expect(await data.starterInto('p1', 'messages')).toBeNull()
    expect(useProjectsStore().projects[0]?.classifyDatasetId).toBe('d7')
  })

  it('fill the field of their purpose', async () => {
    const data = useDataStore()
    data.starters = [{ id: 'instructions', purpose: 'instruct' } as Starter]
    answers['starters.create'] = () => job({ resultId: 'd3' })
    await data.starterInto('p1', 'instructions')
    await data.onJob(job({ state: 'done', resultId: 'd3' }))
    expect(useProjectsStore().projects[0]?.instructDatasetId).toBe('d3')
  })
})
