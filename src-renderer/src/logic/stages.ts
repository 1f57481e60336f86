import type { Dataset, Project, Run, TokenizerInfo } from '@shared/contract/schemas.ts'

export const STAGES = ['data', 'tokenizer', 'model', 'pretrain', 'instruct', 'classify', 'chat'] as const
export type StageId = (typeof STAGES)[number]

export const STAGE_NAMES: Record<StageId, string> = {
  data: 'Data',
  tokenizer: 'Tokenizer',
  model: 'Model',
  pretrain: 'Pretrain',
  instruct: 'Instruct',
  classify: 'Classify',
  chat: 'Chat',
}

/** ○ empty, ◐ progress, ● ready, ! attention, ↻ outdated. */
export type StageState = 'empty' | 'progress' | 'ready' | 'attention' | 'outdated'
export interface StageStatus {
  state: StageState
  /** The state in words, e.g. "out of date: the tokenizer changed". */
  text: string
}

const empty: StageStatus = { state: 'empty', text: 'not started' }
const ready: StageStatus = { state: 'ready', text: 'ready' }
const outdated = (why: string): StageStatus => ({ state: 'outdated', text: `out of date: ${why}` })

/** What of the data is under way: an import, files that wait for one, changes that wait to be applied. */
export type DataUnderWay = 'import' | 'files' | 'changes'

/** Where each stage of a project stands. `dataset` and `tokenizer` are the project's own, null while it has none. */
export function stageStates(
  project: Project,
  dataset: Dataset | null,
  tokenizer: TokenizerInfo | null,
  runs: readonly Run[],
  underWay: DataUnderWay | null = null,
): Record<StageId, StageStatus> {
  const find = (id: string | null) => runs.find((run) => run.id === id) ?? null
  const pretrain = find(project.pretrainRunId)
  const instruct = find(project.instructRunId)
  const classify = find(project.classifyRunId)
  return {
    data: dataStatus(project, dataset, underWay),
    tokenizer: tokenizerStatus(project, tokenizer),
    model: modelStatus(project, tokenizer),
    pretrain: pretrainStatus(project, pretrain),
    instruct: finetuneStatus(project, instruct, project.instructDatasetId),
    classify: finetuneStatus(project, classify, project.classifyDatasetId),
    chat: [pretrain, instruct].some((run) => run && run.checkpoints.length > 0) ? ready : empty,
  }
}

function dataStatus(project: Project, dataset: Dataset | null, underWay: DataUnderWay | null): StageStatus {
  if (underWay === 'import') return { state: 'progress', text: 'importing' }
  if (underWay === 'files') return { state: 'progress', text: 'files chosen, not imported yet' }
  if (!project.datasetId) return empty
  if (!dataset) return { state: 'attention', text: 'its text is missing' }
  if (dataset.status === 'importing') return { state: 'progress', text: 'importing' }
  if (dataset.status === 'failed') return { state: 'attention', text: 'the import failed' }
  if (underWay === 'changes') return { state: 'attention', text: 'changes not applied yet' }
  return ready
}

function tokenizerStatus(project: Project, tokenizer: TokenizerInfo | null): StageStatus {
  if (!project.tokenizerId) return empty
  if (!tokenizer) return { state: 'attention', text: 'it is missing' }
  if (tokenizer.datasetId !== project.datasetId) return outdated('the text changed')
  return ready
}

function modelStatus(project: Project, tokenizer: TokenizerInfo | null): StageStatus {
  if (!project.model) return empty
  if (tokenizer && tokenizer.vocabSize !== project.model.vocabSize) return outdated('the tokenizer changed')
  return ready
}

function pretrainStatus(project: Project, run: Run | null): StageStatus {
  const status = runStatus(run)
  if (status.state !== 'ready' || !run) return status
  if (run.datasetId !== project.datasetId) return outdated('the text changed')
  if (run.tokenizerId !== project.tokenizerId) return outdated('the tokenizer changed')
  if (project.model && !sameShape(run.config, project.model)) return outdated('the model changed')
  return status
}

function finetuneStatus(project: Project, run: Run | null, datasetId: string | null): StageStatus {
  if (!run) return datasetId ? { state: 'empty', text: 'examples ready, not trained yet' } : empty
  const status = runStatus(run)
  if (status.state !== 'ready') return status
  if (run.baseRunId !== project.pretrainRunId) return outdated('the pretrained model changed')
  if (datasetId && run.datasetId !== datasetId) return outdated('the examples changed')
  return status
}

function runStatus(run: Run | null): StageStatus {
  if (!run) return empty
  switch (run.status) {
    case 'created':
      return { state: 'progress', text: 'set up' }
    case 'running':
      return { state: 'progress', text: 'training' }
    case 'paused':
      return { state: 'progress', text: 'paused' }
    case 'interrupted':
      return { state: 'attention', text: 'interrupted, can be resumed' }
    case 'failed':
      return { state: 'attention', text: 'failed' }
    case 'stopped':
      return run.checkpoints.length > 0 ? ready : { state: 'attention', text: 'stopped before anything was saved' }
    case 'finished':
      return ready
  }
}

/** Dropout may change without the weights losing their meaning; everything else is the shape of the model. */
function sameShape(a: Run['config'], b: Run['config']): boolean {
  return (Object.keys(a) as (keyof Run['config'])[]).every((key) => key === 'dropout' || a[key] === b[key])
}

/** The furthest stage that something was done in, for "Continue at ..." and the project list. */
export function lastStage(states: Record<StageId, StageStatus>): StageId {
  const begun = STAGES.filter((stage) => stage !== 'chat' && states[stage].state !== 'empty')
  return begun.at(-1) ?? 'data'
}
