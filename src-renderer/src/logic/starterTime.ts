import type { Purpose, Starter } from '@shared/contract/schemas.ts'
import { defaultSettings } from '@shared/model/defaults.ts'
import { presetById, presetConfig } from '@shared/model/presets.ts'
import { recommendPreset, recommendTokenizer } from '@shared/model/recommend.ts'
import { timeText, trainingTime, type TimeRange, type TrainedOn } from './trainingTime.ts'

/** Bytes that a token of an own BPE stands for in the starter sets, and the tokens of a long record of each. */
const BYTES_PER_TOKEN = 3.5
const RECORD_TOKENS: Record<Exclude<Purpose, 'pretrain'>, number> = { instruct: 72, classify: 40 }
const TRAIN_SHARE: Record<Purpose, number> = { pretrain: 0.9, instruct: 0.85, classify: 0.7 }
/** A range, and what it rests on. */
export interface StarterTime extends TimeRange {
  reason: string
}

/** The range of several trainings, one after the other. */
export const timesText = (times: readonly TimeRange[]): string =>
  timeText({ low: times.reduce((sum, one) => sum + one.low, 0), high: times.reduce((sum, one) => sum + one.high, 0) })

/** How long a first training with this set takes on this hardware, with the model that is suggested for the stories. */
export function starterTime(starter: Starter, stories: Starter, on: TrainedOn): StarterTime {
  const { preset } = recommendPreset(stories.approxBytes, on.hardware)
  const config = presetConfig(preset, recommendTokenizer(stories.approxBytes).vocabSize)
  const kind = starter.purpose
  const share = TRAIN_SHARE[kind]
  const amount = kind === 'pretrain' ? starter.approxBytes / BYTES_PER_TOKEN : starter.records
  const recordTokens = kind === 'pretrain' ? config.nPositions : RECORD_TOKENS[kind]
  const { settings } = defaultSettings({
    kind,
    config,
    hardware: on.hardware,
    amount: { train: Math.round(amount * share), val: Math.round(amount * (1 - share)) },
    ...(kind === 'pretrain' ? {} : { recordTokens }),
  })
  const model = `a ${presetById(preset).name} model`
  const { low, high, from } = trainingTime({ ...config, nPositions: recordTokens }, settings, on)
  const reason =
    from === null
      ? `Reckoned for ${model}; measured once you have trained.`
      : `Measured on this computer in “${from}”, for ${model}.`
  return { low, high, reason }
}
