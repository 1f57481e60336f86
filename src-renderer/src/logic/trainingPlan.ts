import type { RunKind, TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { defaultSettings, type DefaultsInput, type Reason } from '@shared/model/defaults.ts'
import { formatCount, formatPercent, formatShort } from './format.ts'

export type SettingKey = keyof TrainingSettings
/** What the person set by hand; everything else stays automatic. */
export type Overrides = Partial<TrainingSettings>

export interface TrainingPlan {
  /** What a run would be started with. */
  settings: TrainingSettings
  /** What the studio would choose. */
  automatic: TrainingSettings
  reasons: Record<SettingKey, Reason>
  /** Settings that differ from the automatic ones. */
  changed: SettingKey[]
}

const CHOICES = ['steps', 'batchSize', 'accumulation', 'learningRate', 'trainable', 'precision'] as const

/** The automatic settings for `input` with what was set by hand in their place. */
export function planTraining(input: Omit<DefaultsInput, 'chosen'>, overrides: Overrides): TrainingPlan {
  const chosen = Object.fromEntries(CHOICES.flatMap((key) => (key in overrides ? [[key, overrides[key]]] : [])))
  const { settings: automatic, reasons } = defaultSettings({ ...input, chosen })
  const settings = { ...automatic, ...overrides }
  const keys = Object.keys(settings) as SettingKey[]
  return { settings, automatic, reasons, changed: keys.filter((key) => !same(settings[key], automatic[key])) }
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Examples that one pass over the data has: windows of the context's length, or records. */
export const examplesPerPass = (kind: RunKind, config: GptConfig, amount: number): number =>
  Math.max(1, kind === 'pretrain' ? Math.floor(amount / config.nPositions) : amount)

/** Examples that an optimizer step learns from: those of all its batches. */
export const examplesPerStep = ({
  batchSize,
  accumulation,
}: Pick<TrainingSettings, 'batchSize' | 'accumulation'>): number => batchSize * accumulation

/** How often each example is read in `steps` steps of `perStep` examples. */
export const passesOf = (steps: number, perStep: number, examples: number): number => (steps * perStep) / examples

/** Passes in as many digits as say something: 0.04, 2.5, 120. */
export const formatPasses = (passes: number): string =>
  passes < 10 ? passes.toFixed(passes < 0.1 ? 2 : 1) : formatCount(passes)

/** "The plan reads 12 M of 480 M tokens, 2.5 %: …"; null where it reads all of the text at least once. */
export function partReadText(passes: number, tokens: number): string | null {
  if (passes >= 1) return null
  const share = passes < 0.001 ? 'less than 0.1 %' : formatPercent(passes)
  return `The plan reads ${formatShort(passes * tokens)} of ${formatShort(tokens)} tokens, ${share}: places chosen at random, so more of the text costs no time.`
}

/** Steps for so many passes; at least 1. */
export const stepsOf = (passes: number, perStep: number, examples: number): number =>
  Math.max(1, Math.round((passes * examples) / perStep))

/** What cannot work among the settings, in words, by the field it belongs to. */
export function settingErrors(settings: TrainingSettings): Partial<Record<SettingKey, string>> {
  const errors: Partial<Record<SettingKey, string>> = {}
  const { steps, learningRate, minLearningRate, warmupSteps } = settings
  if (learningRate <= 0) errors.learningRate = 'With a learning rate of 0 nothing is learned. Use more than 0.'
  if (minLearningRate > learningRate)
    errors.minLearningRate = `The last learning rate cannot be above the peak of ${learningRate}.`
  if (warmupSteps > steps) errors.warmupSteps = `The warm-up has to end within the ${steps} steps of the run.`
  return errors
}

/** The settings as a run takes them: prompts that were left empty are left out. */
export const cleanSettings = <S extends Pick<TrainingSettings, 'prompts'>>(settings: S): S => ({
  ...settings,
  prompts: settings.prompts.filter((prompt) => prompt.trim() !== ''),
})

/** The first few words of a text, whole and on one line: a prompt to watch. */
export function firstWords(text: string, most = 4): string {
  const words = text.trim().split(/\s+/).slice(0, most).join(' ')
  return [...words].slice(0, 40).join('')
}
