// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Job, Project } from '@shared/contract/schemas.ts'
import { call } from '@/host/client.ts'
import { useDataStore } from './data.ts'
import { useDeskStore } from './desk.ts'
import { useProjectsStore } from './projects.ts'

vi.mock('@/host/client.ts')

const job: Job = {
  id: 'job-1',
  kind: 'import',
  label: 'Import of a.txt',
  state: 'running',
  phase: 'Reading a.txt',
  done: 0,
  total: 10,
  unit: 'bytes',
  resultId: 'set-1',
}
const source = { id: 'source-1', name: 'a.txt', bytes: 10 }
const input = { name: 'a.txt', purpose: 'pretrain' as const, files: [], seed: 1 }
/** Main as the calls see it; a test may take one over. */
let answers: Record<string, (input: never) => unknown>

beforeEach(() => {
  setActivePinia(createPinia())
  answers = {
    'datasets.import': () => job,
    'datasets.get': ({ id }: { id: string }) => ({ id }),
    'projects.update': ({ id, patch }: { id: string; patch: object }) => ({ id, ...patch }),
  }
  vi.mocked(call)
    .mockReset()
    .mockImplementation((method, given) => Promise.resolve(answers[method]?.(given as never)) as never)
  useProjectsStore().projects = [{ id: 'p1' } as Project]
})

it('counts a job as done only when its dataset is here and the project has it', async () => {
  const data = useDataStore()
  data.addPending('p1', [source])
  await data.importInto('p1', input)
  let release = (_: unknown) => {}
  answers['datasets.get'] = () => new Promise((done) => (release = done))
  const news = data.onJob({ ...job, state: 'done' })
  expect(data.jobFor('p1', 'datasetId')?.id).toBe('job-1')
  const waited = data
    .waitForJob('job-1')
    .then(() => [
      data.dataset('set-1')?.id,
      useProjectsStore().projects[0]?.datasetId,
      data.pending('p1', 'pretrain').length,
    ])
  release({ id: 'set-1' })
  await news
  expect(await waited).toEqual(['set-1', 'set-1', 0])
  expect(data.jobFor('p1', 'datasetId')).toBeNull()
})

it('keeps the files of an import that failed', async () => {
  const data = useDataStore()
  data.addPending('p1', [source])
  await data.importInto('p1', input)
  await data.onJob({ ...job, state: 'failed', error: { code: 'empty_file', message: 'a.txt has no text in it.' } })
  await expect(data.waitForJob('job-1')).rejects.toMatchObject({ code: 'empty_file' })
  expect(data.pending('p1', 'pretrain')).toEqual([source])
  expect(useProjectsStore().projects[0]?.datasetId).toBeUndefined()
})

it('gives a project what was made for it while no window was open, and knows whose work was cut off', async () => {
  const data = useDataStore()
  useDeskStore().desk.claims = {
    'job-1': { projectId: 'p1', purpose: 'pretrain' },
    'job-0': { projectId: 'p1', purpose: null },
  }
  for (const list of ['datasets.list', 'tokenizers.list', 'starters.list']) answers[list] = () => []
  answers['jobs.list'] = () => [{ ...job, state: 'done' }]
  await data.load()
  expect(useProjectsStore().projects[0]?.datasetId).toBe('set-1')
  expect(data.projectOfJob('job-1')).toBeNull()
  expect(data.projectOfJob('job-0')).toBe('p1')
})

it('takes a job’s end once, however often it is told', async () => {
  const data = useDataStore()
  await data.importInto('p1', input)
  const done = { ...job, state: 'done' as const }
  await Promise.all([data.onJob(done), data.onJob(done), data.onJob(job)])
  expect(vi.mocked(call).mock.calls.filter(([method]) => method === 'datasets.get')).toHaveLength(1)
  expect(data.jobs['job-1']?.state).toBe('done')
})

it('keeps the waiting files of each purpose apart', () => {
  const data = useDataStore()
  data.addPending('p1', [source])
  data.addPending('p1', [{ ...source, id: 'source-2' }], 'instruct')
  data.dropPending('p1', 'source-1', 'pretrain')
  expect(data.pending('p1', 'pretrain')).toEqual([])
  expect(data.pending('p1', 'instruct').map(({ id }) => id)).toEqual(['source-2'])
  data.forgetPending('p1')
  expect(data.pending('p1', 'instruct')).toEqual([])
  expect(vi.mocked(call).mock.calls).toContainEqual(['sources.delete', { id: 'source-2' }])
})

it('gives the model as many token ids as the new tokenizer has, and leaves its shape otherwise', async () => {
  const data = useDataStore()
  const projects = useProjectsStore()
  projects.projects = [{ id: 'p1', model: { vocabSize: 512, nEmbd: 64 } } as Project]
  answers['tokenizers.create'] = () => ({ ...job, kind: 'tokenizer', resultId: 'tok-2' })
  answers['tokenizers.get'] = ({ id }: { id: string }) => ({ id, vocabSize: 65 })
  await data.tokenizerInto('p1', { datasetId: 'set-1', kind: 'char', vocabSize: 0 })
  await data.onJob({ ...job, kind: 'tokenizer', resultId: 'tok-2', state: 'done' })
  expect(projects.projects[0]).toMatchObject({ tokenizerId: 'tok-2', model: { vocabSize: 65, nEmbd: 64 } })
})
