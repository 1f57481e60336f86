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

  const { settings } = defaultSettings({
    kind: 'pretrain',
    config,
    amount: facts.tokens,
    fallback: facts.fallback,
    prompts: [facts.prompt],
  })
  const steps = flags.steps ?? settings.steps
  const learningRate = flags.lr ?? settings.learningRate
  const often = (times: number) => Math.max(1, Math.ceil(steps / times))
  return {
    config,
    settings: {
      ...settings,
      steps,
      learningRate,
      minLearningRate: flags['min-lr'] ?? learningRate / 10,
      warmupSteps: flags.warmup ?? Math.ceil(steps / 20),
      beta2: flags.beta2 ?? settings.beta2,
      batchSize: flags.batch ?? settings.batchSize,
      seed: flags.seed ?? settings.seed,
      evalEvery: flags['eval-every'] ?? Math.min(250, often(10)),
      sampleEvery: steps,
      checkpointEvery: often(5),
    },
  }
}
