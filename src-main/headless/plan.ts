import { AppError } from '@shared/contract/errors.ts'
import type { TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { defaultSettings } from '@shared/model/defaults.ts'
import type { Hardware } from '@shared/model/hardware.ts'
import { presetConfig, type PresetId } from '@shared/model/presets.ts'
import { validateConfig } from '@shared/model/validate.ts'
import type { TrainValues } from './train-flags.ts'
import { trainableFlags } from './trainable-flags.ts'

export interface Plan {
  config: GptConfig
  settings: TrainingSettings
}

/** The level that was given, if one was. */
export function recomputeOf({ recompute }: Pick<TrainValues, 'recompute'>): TrainingSettings['recompute'] | undefined {
  return recompute === undefined || recompute === 'auto' ? recompute : (Number(recompute) as 0 | 1 | 2)
}

/** The precision that was given, if one was. */
const precisionOf = ({ precision }: Pick<TrainValues, 'precision'>) => precision as TrainingSettings['precision']

/** Architecture and settings of a run: the preset and its defaults, changed by what the person gave. Throws when they cannot work. */
export function planRun(
  flags: TrainValues,
  preset: PresetId,
  facts: {
    vocabSize: number
    tokens: { train: number; val: number }
    characters: number
    hardware: Hardware
    prompt: string
    /** Of the model to train on. */
    base?: GptConfig | undefined
  },
): Plan {
  const base = facts.base ?? presetConfig(preset, facts.vocabSize)
  const config: GptConfig = {
    ...base,
    nPositions: flags.context ?? base.nPositions,
    nLayer: flags.layers ?? base.nLayer,
    nHead: flags.heads ?? base.nHead,
    nEmbd: flags.width ?? base.nEmbd,
    dropout: flags.dropout ?? base.dropout,
  }
  const issue = validateConfig({ config, tokens: facts.tokens, characters: facts.characters }).find(
    (i) => i.severity === 'error',
  )
  if (issue) throw new AppError({ code: 'bad_request', message: issue.message })

  const { steps, batch: batchSize, accumulate: accumulation, lr: learningRate } = flags
  const chosen = { steps, batchSize, accumulation, learningRate, trainable: trainableFlags(flags) }
  const { settings } = defaultSettings({
    kind: 'pretrain',
    config,
    amount: facts.tokens,
    hardware: facts.hardware,
    prompts: [facts.prompt],
    chosen,
  })
  const own = {
    ...chosen,
    minLearningRate: flags['min-lr'],
    warmupSteps: flags.warmup,
    beta2: flags.beta2,
    seed: flags.seed,
    recompute: recomputeOf(flags),
    precision: precisionOf(flags),
    evalEvery: flags['eval-every'],
  }
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  const all = { ...settings, ...given }
  // Texts in mid-run would break into the progress bar; one comes at the end.
  return { config, settings: { ...all, sampleEvery: all.steps } }
}
