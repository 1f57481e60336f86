import { AppError } from '@shared/contract/errors.ts'
import type { TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { defaultSettings } from '@shared/model/defaults.ts'
import { presetConfig, type PresetId } from '@shared/model/presets.ts'
import { validateConfig } from '@shared/model/validate.ts'
import type { TrainValues } from './train-flags.ts'

export interface Plan {
  config: GptConfig
  settings: TrainingSettings
}

/** Architecture and settings of a run: the preset and its defaults, changed by what the person gave. Throws when they cannot work. */
export function planRun(
  flags: TrainValues,
  preset: PresetId,
  facts: {
    vocabSize: number
    tokens: { train: number; val: number }
    characters: number
    fallback: boolean
    prompt: string
  },
): Plan {
  const base = presetConfig(preset, facts.vocabSize)
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

  const { steps, batch: batchSize, lr: learningRate } = flags
  const chosen = { steps, batchSize, learningRate }
  const { settings } = defaultSettings({
    kind: 'pretrain',
    config,
    amount: facts.tokens,
    fallback: facts.fallback,
    prompts: [facts.prompt],
    chosen,
  })
  const own = {
    ...chosen,
    minLearningRate: flags['min-lr'],
    warmupSteps: flags.warmup,
    beta2: flags.beta2,
    seed: flags.seed,
    evalEvery: flags['eval-every'],
  }
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  const all = { ...settings, ...given }
  // Texts in mid-run would break into the progress bar; one comes at the end.
  return { config, settings: { ...all, sampleEvery: all.steps } }
}
