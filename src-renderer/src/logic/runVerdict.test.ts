import type { Run } from '@shared/contract/schemas.ts'
import { describe, expect, it } from 'vitest'
import { runVerdict } from './runVerdict.ts'
import { testRun } from './testing/run.ts'

const now = Date.parse('2026-01-01T12:00:00Z')
const saved = (step: number, createdAt = '2026-01-01T11:57:00Z'): Run['checkpoints'][number] => ({
  id: `c-${step}`,
  step,
  createdAt,
  bytes: 10,
  valLoss: 2,
  best: false,
})

describe('runVerdict', () => {
  it('says nothing of a run under way', () => {
    expect(runVerdict(testRun(), 'running', now)).toBeNull()
    expect(runVerdict(testRun(), 'paused', now)).toBeNull()
  })

  it('offers to resume an interrupted run from what was saved, with its step and age', () => {
    const verdict = runVerdict(testRun({ step: 1240, checkpoints: [saved(1200), saved(1000)] }), 'interrupted', now)
    expect(verdict?.title).toBe('calm-otter was interrupted at step 1,240.')
    expect(verdict?.text).toContain('Last saved at step 1,200, 3 min ago.')
    expect(verdict?.actions.map((a) => a.kind)).toEqual(['resume', 'discard'])
  })

  it('begins anew when nothing was saved', () => {
    const verdict = runVerdict(testRun({ step: 7 }), 'interrupted', now)
    expect(verdict?.actions.map((a) => a.kind)).toEqual(['start', 'discard'])
  })

  it('tells a diverged run the learning rate to try', () => {
    const error = {
      code: 'diverged',
      message: 'The loss became infinite at step 20.',
      details: { suggestedLearningRate: 3.3 },
    } as const
    const verdict = runVerdict(testRun({ error, checkpoints: [saved(10)] }), 'failed', now)
    expect(verdict?.title).toBe('Failed: The loss became infinite at step 20.')
    expect(verdict?.actions[0]).toMatchObject({ kind: 'again', label: 'Start again with learning rate 3.3' })
    expect(verdict?.actions[0]).toHaveProperty('patch.learningRate', 3.3)
    expect(verdict?.actions.map((a) => a.kind)).not.toContain('resume')
  })

  it('offers batches that were found to fit where memory ran short', () => {
    const details = { suggestedBatchSize: 2, suggestedAccumulation: 4 }
    const error = { code: 'out_of_memory', message: 'Not enough memory.', details } as const
    expect(runVerdict(testRun({ error }), 'failed', now)?.actions).toMatchObject([
      { kind: 'again', label: 'Start again with batches of 2, 4 to a step', patch: { batchSize: 2, accumulation: 4 } },
      { kind: 'discard' },
    ])
  })

  it('offers a smaller batch after a lost device, and the checkpoint first', () => {
    const error = { code: 'gpu_lost', message: 'The graphics device was lost.' } as const
    const run = testRun({ error, checkpoints: [saved(40)] })
    const labels = runVerdict(run, 'failed', now)?.actions.map((a) => a.label)
    expect(labels).toEqual([
      'Resume from step 40',
      'Continue on the processor',
      'Start again with batch size 4',
      'Discard run',
    ])
  })

  it('offers the processor where WebGPU failed, not where it was the processor', () => {
    const error = { code: 'no_gpu', message: 'No adapter.' } as const
    const actions = (run: Run) => runVerdict(run, 'failed', now)?.actions ?? []
    expect(actions(testRun({ error }))[0]).toEqual({ kind: 'start', label: 'Start on the processor', on: 'cpu' })
    expect(actions(testRun({ error, checkpoints: [saved(40)] }))[1]).toMatchObject({ kind: 'resume', on: 'cpu' })
    const cpu = { kind: 'cpu', adapter: 'WebAssembly' } as const
    expect(
      actions(testRun({ error, backend: cpu }))
        .map(({ label }) => label)
        .join(),
    ).not.toContain('processor')
  })

  it('always leaves a way out of a failure', () => {
    expect(runVerdict(testRun(), 'failed', now)?.actions[0]?.label).toBe('Start again')
  })

  it('says of a finished run whether more training would have helped', () => {
    const text = (bestStep: number) =>
      runVerdict(testRun({ step: 500, bestValLoss: 2, bestStep }), 'finished', now)?.text
    expect(text(500)).toContain('still getting better')
    expect(text(450)).not.toContain('still getting better')
  })

  it('tells finished and stopped apart', () => {
    const run = testRun({ step: 500, bestValLoss: 2.31, bestStep: 450, elapsedMs: 65_000, checkpoints: [saved(500)] })
    expect(runVerdict(run, 'finished', now)).toMatchObject({ tone: 'success', actions: [] })
    expect(runVerdict(run, 'finished', now)?.text).toContain('2.310 at step 450')
    expect(runVerdict(run, 'stopped', now)?.title).toBe('Stopped by you at step 500 of 1,000.')
    expect(runVerdict(testRun(), 'stopped', now)?.text).toBe('Nothing was saved before the stop.')
  })
})
