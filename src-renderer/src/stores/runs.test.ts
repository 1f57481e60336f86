import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Metric, Run } from '@shared/contract/schemas.ts'
import { openHost } from '@/host/client.ts'
import { useRunsStore } from './runs.ts'

const run = { id: 'r1', status: 'running', step: 0, bestValLoss: null, bestStep: null, valLoss: null } as unknown as Run
const row = (step: number, extra: Partial<Metric> = {}): Metric => ({ step, elapsedMs: step * 10, loss: 4, ...extra })
let release: () => void

beforeEach(() => {
  setActivePinia(createPinia())
  openHost({ baseUrl: 'http://host', token: '' })
  const held = new Promise<void>((done) => (release = done))
  vi.stubGlobal('fetch', async (url: string) => {
    await held
    return Response.json(url.endsWith('metrics') ? [row(1), row(2)] : [{ step: 2, prompt: 'a', text: 'old' }])
  })
  useRunsStore().runs = [{ ...run }]
})
afterEach(() => vi.unstubAllGlobals())

it('joins the curve on disk with what came live meanwhile', async () => {
  const runs = useRunsStore()
  const selected = runs.select('r1')
  runs.onMetrics('r1', [row(2, { loss: 3 }), row(3)])
  runs.onSample('r1', { step: 2, prompt: 'a', text: 'new' })
  release()
  await selected
  expect(runs.metrics.map((r) => [r.step, r.loss])).toEqual([
    [1, 4],
    [2, 3],
    [3, 4],
  ])
  expect(runs.samples).toEqual([{ step: 2, prompt: 'a', text: 'new' }])
})

it('keeps the best validation loss and its step', () => {
  const runs = useRunsStore()
  runs.onMetrics('r1', [row(10, { valLoss: 3 }), row(20, { valLoss: 2.5 })])
  runs.onMetrics('r1', [row(30, { valLoss: 2.9 })])
  expect(runs.byId('r1')).toMatchObject({ step: 30, valLoss: 2.9, bestValLoss: 2.5, bestStep: 20 })
})

it('takes a run that trains in no window for interrupted', () => {
  const runs = useRunsStore()
  expect(runs.statusOf(run)).toBe('interrupted')
  expect(runs.statusOf({ ...run, status: 'finished' })).toBe('finished')
})
