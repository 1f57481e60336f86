import type { Run, RunKind, TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import type { Hardware } from '@shared/model/hardware.ts'
import { parameterCount, trainingMemory } from '@shared/model/memory.ts'
import { trainableCounts, trainableOf } from '@shared/model/trainable-choice.ts'
import { counted, formatBytes, formatCount, formatShort } from './format.ts'
import { formatInput } from './number.ts'
import { trainableText } from './trainableText.ts'
import { examplesPerStep, formatPasses, passesOf } from './trainingPlan.ts'
import { trainingTime, trainingTimeText } from './trainingTime.ts'

export interface PreviewInput {
  kind: RunKind
  config: GptConfig
  head: Head
  settings: TrainingSettings
  /** Examples of one pass. */
  examples: number
  /** Tokens of an example as it is trained on. */
  seqLen: number
  /** Name of what it runs on, for people, and as the runs hold it. */
  hardware: string
  device: Hardware
  adapter: string | null
  runs: readonly Run[]
  /** Settings that were set by hand. */
  changed: number
}

function method(kind: RunKind, { trainable }: Pick<TrainingSettings, 'trainable'>): string {
  if (kind === 'pretrain') return 'From random weights'
  return trainable.kind === 'all' ? 'Finetune all weights' : trainableText(trainable)
}

/** "8 × 64 tokens", or with several batches to a step "4 batches of 8 × 64 tokens". */
function batchText({ batchSize, accumulation }: TrainingSettings, seqLen: number): string {
  const one = `${formatCount(batchSize)} × ${formatCount(seqLen)} tokens`
  return accumulation === 1 ? one : `${formatCount(accumulation)} batches of ${one}`
}

/** The rows of the card beside the settings. */
export function previewRows(input: PreviewInput): { label: string; value: string }[] {
  const { kind, config, head, settings, examples, seqLen, changed } = input
  const { steps, batchSize, accumulation: accumulate, precision = 'f32', recompute } = settings
  const passes = passesOf(steps, examplesPerStep(settings), examples)
  // A finetune's examples are padded to the longest, not to the context.
  const shape = { ...config, nPositions: seqLen }
  const time = trainingTime(shape, settings, { hardware: input.device, adapter: input.adapter, runs: input.runs })
  const trainable = trainableOf(settings.trainable, config, head)
  const memory = trainingMemory(config, head, batchSize, seqLen, trainable, {
    accumulate,
    precision,
    hardware: input.device,
    ...(recompute !== 'auto' && { recompute }),
  }).total
  const { trained, total } = trainableCounts(config, head, trainable)
  return [
    { label: 'Method', value: method(kind, settings) },
    { label: 'Model', value: `${formatShort(parameterCount(config))} parameters` },
    ...(trained < total
      ? [{ label: 'Learning', value: `${formatCount(trained)} of ${formatCount(total)} parameters` }]
      : []),
    {
      label: 'Length',
      value: `${counted(steps, 'step')}, ${formatPasses(passes)} passes`,
    },
    { label: 'Batch', value: batchText(settings, seqLen) },
    { label: 'Learning rate', value: formatInput(settings.learningRate) },
    { label: 'Hardware', value: input.hardware },
    { label: 'Memory', value: `${formatBytes(memory)}${precision === 'mixed' ? ' in mixed precision' : ''}` },
    { label: 'Time', value: trainingTimeText(time) },
    { label: 'Set by you', value: changed === 0 ? 'nothing' : `${changed} of the settings` },
  ]
}
