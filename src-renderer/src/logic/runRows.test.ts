import type { Dataset, Project } from '@shared/contract/schemas.ts'
import { expect, it } from 'vitest'
import { childrenOf, runRoute, runRow } from './runRows.ts'
import { testRun } from './testing/run.ts'

const project = { id: 'project-1', name: 'Stories' } as Project
const dataset = { id: 'dataset-1', name: 'tale.txt' } as Dataset

it('puts a run into the words of the table', () => {
  const run = testRun({ step: 40, bestValLoss: 3.2, elapsedMs: 61_000 })
  expect(runRow(run, 'interrupted', [project], [dataset])).toMatchObject({
    stage: 'Pretrain',
    project: 'Stories',
    data: 'tale.txt',
    best: '3.200',
    steps: '40 / 1,000',
    status: 'interrupted',
  })
})

it('says so where the project or the data is gone', () => {
  expect(runRow(testRun(), 'finished', [], [])).toMatchObject({ project: 'deleted project', data: 'deleted data' })
})

it('leads to the screen of its stage', () => {
  expect(runRoute(testRun({ kind: 'classify' }))).toEqual({
    name: 'classify',
    params: { projectId: 'project-1' },
    query: { run: 'run-1' },
  })
})

it('knows what was built on a run', () => {
  const child = testRun({ id: 'run-2', baseRunId: 'run-1' })
  expect(childrenOf(testRun(), [testRun(), child])).toEqual([child])
})
