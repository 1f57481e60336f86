import type { RunKind, TrainingSettings } from '@shared/contract/schemas.ts'
import type { SettingKey } from './trainingPlan.ts'

/** Settings that are one number. */
export type NumberKey = { [K in SettingKey]: TrainingSettings[K] extends number ? K : never }[SettingKey]

export interface NumberField {
  key: NumberKey
  label: string
  unit?: string
  help: string
  min: number
  max: number
  /** Added by the arrow keys. */
  step: number
  integer?: boolean
}

/** Id of the element around a setting's field, for links that lead to it. */
export const fieldTarget = (key: SettingKey): string => `setting-${key}`

const rate = { min: 0, max: 100, step: 1e-4 }
const steps = { unit: 'steps', min: 1, max: 10_000_000, step: 10, integer: true }

/** The settings behind "Advanced", in their order. */
export const NUMBER_FIELDS: readonly NumberField[] = [
  {
    key: 'batchSize',
    label: 'Batch size',
    unit: 'examples',
    help: 'Examples that are on the device at once.',
    min: 1,
    max: 4096,
    step: 1,
    integer: true,
  },
  {
    key: 'accumulation',
    label: 'Batches per step',
    unit: 'batches',
    help: 'Their gradients are summed before each step: more examples a step in the memory of one batch.',
    min: 1,
    max: 1024,
    step: 1,
    integer: true,
  },
  { key: 'learningRate', label: 'Learning rate', help: 'Size of a step at its peak.', ...rate },
  { key: 'minLearningRate', label: 'Last learning rate', help: 'Where the cosine ends.', ...rate },
  {
    key: 'warmupSteps',
    label: 'Warm-up',
    help: 'Steps in which the learning rate rises to its peak.',
    ...steps,
    min: 0,
  },
  { key: 'weightDecay', label: 'Weight decay', help: 'Pulls weights towards zero.', min: 0, max: 10, step: 0.01 },
  {
    key: 'gradClip',
    label: 'Gradient clipping',
    help: 'Longest gradient let through; 0 lets all through.',
    min: 0,
    max: 1000,
    step: 0.1,
  },
  {
    key: 'seed',
    label: 'Seed',
    help: 'The same seed repeats the same run.',
    min: 0,
    max: 2 ** 31 - 1,
    step: 1,
    integer: true,
  },
  { key: 'evalEvery', label: 'Measure every', help: 'How often the validation loss is measured.', ...steps },
  { key: 'sampleEvery', label: 'Sample every', help: 'How often the model writes to its prompts.', ...steps },
  { key: 'checkpointEvery', label: 'Save every', help: 'How often a checkpoint is written.', ...steps },
]

/** A classifier writes nothing, so it has no samples. */
export const fieldsFor = (kind: RunKind): NumberField[] =>
  NUMBER_FIELDS.filter((field) => kind !== 'classify' || field.key !== 'sampleEvery')

const OTHER_LABELS: Partial<Record<SettingKey, string>> = {
  steps: 'Length',
  trainable: 'What learns',
  recompute: 'Recomputation',
  precision: 'Precision',
  evalBatches: 'Batches per measurement',
  beta1: 'AdamW beta 1',
  beta2: 'AdamW beta 2',
  eps: 'AdamW epsilon',
  prompts: 'Prompts to watch',
}

/** What a setting is called on the screen. */
export const settingLabel = (key: SettingKey): string =>
  NUMBER_FIELDS.find((field) => field.key === key)?.label ?? OTHER_LABELS[key] ?? key

const OTHER_UNITS: Partial<Record<SettingKey, string>> = { steps: 'steps', evalBatches: 'batches' }
const SINGLE: Record<string, string> = { steps: 'step', examples: 'example', batches: 'batch' }

/** What a setting of this value counts, if anything: 1 step, 2 steps. */
export function settingUnit(key: SettingKey, value: unknown): string | undefined {
  const unit = NUMBER_FIELDS.find((field) => field.key === key)?.unit ?? OTHER_UNITS[key]
  return value === 1 && unit !== undefined ? (SINGLE[unit] ?? unit) : unit
}
