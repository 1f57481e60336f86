import type { Dataset, Project, Run, RunStatus } from '@shared/contract/schemas.ts'
import { parameterCount } from '@shared/model/memory.ts'
import { formatCount, formatDuration, formatLoss, formatShort } from './format.ts'
import { STAGE_NAMES } from './stages.ts'
import { trainableText } from './trainableText.ts'

export const STATUS_NAMES: Record<RunStatus, string> = {
  created: 'Not started',
  running: 'Training',
  paused: 'Paused',
  finished: 'Finished',
  stopped: 'Stopped',
  interrupted: 'Interrupted',
  failed: 'Failed',
}
export const STATUS_TONES: Record<RunStatus, 'neutral' | 'accent' | 'success' | 'warn' | 'danger'> = {
  created: 'neutral',
  running: 'accent',
  paused: 'accent',
  finished: 'success',
  stopped: 'neutral',
  interrupted: 'warn',
  failed: 'danger',
}

export interface RunRow {
  id: string
  run: Run
  status: RunStatus
  stage: string
  project: string
  size: string
  data: string
  best: string
  steps: string
  time: string
  /** What learns, or how it was made, where it is not simply everything; else empty. */
  learns: string
}

/** A run in the words of the table. */
export function runRow(
  run: Run,
  status: RunStatus,
  projects: readonly Project[],
  datasets: readonly Dataset[],
): RunRow {
  return {
    id: run.id,
    run,
    status,
    stage: STAGE_NAMES[run.kind],
    project: projects.find((project) => project.id === run.projectId)?.name ?? 'deleted project',
    size: formatShort(parameterCount(run.config)),
    data: datasets.find((dataset) => dataset.id === run.datasetId)?.name ?? 'deleted data',
    best: formatLoss(run.bestValLoss),
    steps: `${formatCount(run.step)} / ${formatCount(run.settings.steps)}`,
    time: formatDuration(run.elapsedMs),
    learns: learnsText(run),
  }
}

function learnsText({ mergedFrom, settings: { trainable } }: Run): string {
  if (mergedFrom !== undefined) return 'adapters merged'
  if (trainable.kind === 'all') return ''
  return trainable.kind === 'lora' ? `adapters, rank ${trainable.rank}` : trainableText(trainable).toLowerCase()
}

/** Where its own screen shows this run. */
export const runRoute = (run: Run) => ({ name: run.kind, params: { projectId: run.projectId }, query: { run: run.id } })

/** Runs that others were finetuned from. */
export const childrenOf = (run: Run, runs: readonly Run[]): Run[] => runs.filter((other) => other.baseRunId === run.id)

/** Runs whose adapters are nothing without this one. */
export const adaptersOf = (run: Run, runs: readonly Run[]): Run[] =>
  childrenOf(run, runs).filter((other) => other.baseCheckpointId !== undefined)
