import type { Run, RunStatus } from '@shared/contract/schemas.ts'
import { formatAgo, formatCount, formatDuration, formatLoss } from './format.ts'
import type { Overrides } from './trainingPlan.ts'

/** A way on from where a run stands. */
export type RunAction =
  /** `on`: the kind of device to take in place of the one in use. */
  | { kind: 'start'; label: string; on?: 'cpu' }
  | { kind: 'resume'; label: string; on?: 'cpu' }
  /** A new run with the same settings but these. */
  | { kind: 'again'; label: string; patch: Overrides }
  | { kind: 'discard'; label: string }

export interface RunVerdict {
  tone: 'info' | 'success' | 'warn' | 'danger'
  title: string
  text: string
  /** The one to take first. */
  actions: RunAction[]
}

/** Said when the last measurement was the best one: the honest limit of a short run. */
const STILL_FALLING = 'It was still getting better at the end: a longer run would make fewer mistakes.'

const discard: RunAction = { kind: 'discard', label: 'Discard run' }

/**
 * How a run ended, or why it stands still, with what can be done about it; null while it is trained in this window. `now` as in
 * Date.now().
 */
export function runVerdict(run: Run, status: RunStatus, now: number): RunVerdict | null {
  switch (status) {
    case 'running':
    case 'paused':
      return null
    case 'created':
      return {
        tone: 'info',
        title: `${run.name} was set up and not started.`,
        text: 'Its settings are kept.',
        actions: [{ kind: 'start', label: 'Start training' }, discard],
      }
    case 'interrupted':
      return interrupted(run, now)
    case 'finished':
      return {
        tone: 'success',
        title: `Finished: ${formatCount(run.step)} steps in ${formatDuration(run.elapsedMs)}.`,
        text: run.bestStep === run.step ? `${bestText(run)} ${STILL_FALLING}` : bestText(run),
        actions: [],
      }
    case 'stopped':
      return {
        tone: 'info',
        title: `Stopped by you at step ${formatCount(run.step)} of ${formatCount(run.settings.steps)}.`,
        text: run.checkpoints.length > 0 ? bestText(run) : 'Nothing was saved before the stop.',
        actions: [{ kind: 'resume', label: 'Train on' }],
      }
    case 'failed':
      return failed(run)
  }
}

const newest = (run: Run) => run.checkpoints.reduce<Run['checkpoints'][number] | null>(later, null)
const later = (a: Run['checkpoints'][number] | null, b: Run['checkpoints'][number]) => (a && a.step > b.step ? a : b)

function bestText(run: Run): string {
  if (run.bestValLoss === null) return 'The model is saved.'
  const at = run.bestStep === null ? '' : ` at step ${formatCount(run.bestStep)}`
  return `Best validation loss ${formatLoss(run.bestValLoss)}${at}. That state is the one used from here on.`
}

function interrupted(run: Run, now: number): RunVerdict {
  const saved = newest(run)
  return {
    tone: 'warn',
    title: `${run.name} was interrupted at step ${formatCount(run.step)}.`,
    text: saved
      ? `Last saved at step ${formatCount(saved.step)}, ${formatAgo(saved.createdAt, now)}. It goes on from there and repeats the same losses.`
      : 'It had not saved anything yet, so it begins anew with the same settings.',
    actions: [saved ? { kind: 'resume', label: 'Resume' } : { kind: 'start', label: 'Begin anew' }, discard],
  }
}

/** Smaller batches that make up the same step, where the engine found some that fit into the device's memory. */
function fittingBatches({ error }: Run): { batchSize: number; accumulation: number } | null {
  const { suggestedBatchSize: batchSize, suggestedAccumulation: accumulation } = error?.details ?? {}
  return typeof batchSize === 'number' && typeof accumulation === 'number' ? { batchSize, accumulation } : null
}

function failed(run: Run): RunVerdict {
  const actions: RunAction[] = []
  const { batchSize } = run.settings
  const suggested = run.error?.details?.['suggestedLearningRate']
  const saved = newest(run)
  if (typeof suggested === 'number') {
    const patch = { learningRate: suggested, minLearningRate: suggested / 10 }
    actions.push({ kind: 'again', label: `Start again with learning rate ${suggested}`, patch })
  } else {
    if (saved) actions.push({ kind: 'resume', label: `Resume from step ${formatCount(saved.step)}` })
    const code = run.error?.code
    if ((code === 'gpu_lost' || code === 'no_gpu') && run.backend?.kind !== 'cpu') {
      const label = `${saved ? 'Continue' : 'Start'} on the processor`
      actions.push({ kind: saved ? 'resume' : 'start', label, on: 'cpu' })
    }
    const fitting = fittingBatches(run)
    if (fitting) {
      const label = `Start again with batches of ${fitting.batchSize}, ${fitting.accumulation} to a step`
      actions.push({ kind: 'again', label, patch: fitting })
    } else if ((code === 'gpu_lost' || code === 'out_of_memory') && batchSize > 1) {
      const half = Math.floor(batchSize / 2)
      actions.push({ kind: 'again', label: `Start again with batch size ${half}`, patch: { batchSize: half } })
    }
    if (actions.length === 0) actions.push({ kind: 'again', label: 'Start again', patch: {} })
  }
  return {
    tone: 'danger',
    title: `Failed: ${run.error?.message ?? 'training ended at step ' + formatCount(run.step) + '.'}`,
    text: run.error?.hint ?? '',
    actions: [...actions, discard],
  }
}
