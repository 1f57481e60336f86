import type { Run, RunKind, TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { parameterCount, trainingMemory } from '@shared/model/memory.ts'
import { formatBytes, formatCount, formatDuration, formatShort } from './format.ts'
import { timeEstimate } from './modelPlan.ts'
import { formatInput } from './number.ts'
import { formatPasses, passesOf } from './trainingPlan.ts'

export interface PreviewInput {
  kind: RunKind
  config: GptConfig
  settings: TrainingSettings
  /** Examples of one pass. */
  examples: number
  /** Tokens of an example as it is trained on. */
  seqLen: number
  /** Name of what it runs on, for people, and as the runs hold it. */
  hardware: string
  adapter: string | null
  runs: readonly Run[]
  /** Settings that were set by hand. */
  changed: number
}

const METHODS: Record<RunKind, string> = {
  pretrain: 'From random weights',
  instruct: 'Finetune all weights',
  classify: 'Finetune all weights',
}

/** The rows of the card beside the settings. */
export function previewRows(input: PreviewInput): { label: string; value: string }[] {
  const { kind, config, settings, examples, seqLen, changed } = input
  const { steps, batchSize } = settings
  const passes = passesOf(steps, batchSize, examples)
  // A finetune's examples are padded to the longest, not to the context.
  const shape = { ...config, nPositions: seqLen }
  const time = timeEstimate(shape, settings, input.runs, input.adapter)
  const memory = trainingMemory(config, { kind: 'lm' }, batchSize, seqLen).total
  return [
    { label: 'Method', value: METHODS[kind] },
    { label: 'Model', value: `${formatShort(parameterCount(config))} parameters` },
    {
      label: 'Length',
      value: `${formatCount(steps)} steps, ${formatPasses(passes)} passes`,
    },
    { label: 'Batch', value: `${formatCount(batchSize)} × ${formatCount(seqLen)} tokens` },
    { label: 'Learning rate', value: formatInput(settings.learningRate) },
    { label: 'Hardware', value: input.hardware },
    { label: 'Memory', value: formatBytes(memory) },
    {
      label: 'Time',
      value: time ? `${formatDuration(time.low)} to ${formatDuration(time.high)}` : 'shown after the first steps',
    },
    { label: 'Set by you', value: changed === 0 ? 'nothing' : `${changed} of the settings` },
  ]
}
