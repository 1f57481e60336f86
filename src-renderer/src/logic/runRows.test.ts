import type { Dataset, Project } from '@shared/contract/schemas.ts'
import { expect, it } from 'vitest'
import { adaptersOf, childrenOf, runRoute, runRow } from './runRows.ts'
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

it('says what learned where it was not simply everything', () => {
  const learns = (patch: Parameters<typeof testRun>[0]) => runRow(testRun(patch), 'finished', [], []).learns
  const { settings } = testRun()
  expect(learns({})).toBe('')
  const trainable = { kind: 'lora', rank: 4, alpha: 8, layers: ['attn.c_attn' as const] } as const
  expect(learns({ settings: { ...settings, trainable: { ...trainable, layers: [...trainable.layers] } } })).toBe(
    'adapters, rank 4',
  )
  expect(learns({ settings: { ...settings, trainable: { kind: 'last_blocks', blocks: 2 } } })).toBe('the last 2 blocks')
  expect(learns({ mergedFrom: 'run-9' })).toBe('adapters merged')
})

it('knows whose adapters need a run', () => {
  const whole = testRun({ id: 'run-2', baseRunId: 'run-1' })
  const adapters = testRun({ id: 'run-3', baseRunId: 'run-1', baseCheckpointId: 'c1' })
  expect(adaptersOf(testRun(), [testRun(), whole, adapters])).toEqual([adapters])
})
