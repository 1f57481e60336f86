import type { Purpose, Run, Starter } from '@shared/contract/schemas.ts'
import { defaultSettings } from '@shared/model/defaults.ts'
import { trainStepFlops } from '@shared/model/flops.ts'
import { speedOf, type Hardware } from '@shared/model/hardware.ts'
import { presetById, presetConfig } from '@shared/model/presets.ts'
import { recommendPreset, recommendTokenizer } from '@shared/model/recommend.ts'
import { formatDuration } from './format.ts'
import { timeEstimate } from './modelPlan.ts'

/** Bytes that a token of an own BPE stands for in the starter sets, and the tokens of a long record of each. */
const BYTES_PER_TOKEN = 3.5
const RECORD_TOKENS: Record<Exclude<Purpose, 'pretrain'>, number> = { instruct: 72, classify: 40 }
const TRAIN_SHARE: Record<Purpose, number> = { pretrain: 0.9, instruct: 0.85, classify: 0.7 }
/** A speed that was not measured here may be this far off. */
const SPREAD = 2

/** A range in milliseconds, and what it rests on. */
export interface StarterTime {
  low: number
  high: number
  reason: string
}

/** The range in words, no finer than it is known: "2 min to 8 min". */
export const timeText = ({ low, high }: Pick<StarterTime, 'low' | 'high'>): string => `${rough(low)} to ${rough(high)}`

function rough(milliseconds: number): string {
  const grain = milliseconds < 60_000 ? 10_000 : milliseconds < 600_000 ? 60_000 : 300_000
  return formatDuration(Math.max(10_000, Math.round(milliseconds / grain) * grain))
}

/** The range of several trainings, one after the other. */
export const timesText = (times: readonly StarterTime[]): string =>
  timeText({ low: times.reduce((sum, one) => sum + one.low, 0), high: times.reduce((sum, one) => sum + one.high, 0) })

/** How long a first training with this set takes on this hardware, with the model that is suggested for the stories. */
export function starterTime(
  starter: Starter,
  stories: Starter,
  hardware: Hardware,
  runs: readonly Run[],
  adapter: string | null,
): StarterTime {
  const { preset } = recommendPreset(stories.approxBytes, hardware)
  const config = presetConfig(preset, recommendTokenizer(stories.approxBytes).vocabSize)
  const kind = starter.purpose
  const share = TRAIN_SHARE[kind]
  const amount = kind === 'pretrain' ? starter.approxBytes / BYTES_PER_TOKEN : starter.records
  const recordTokens = kind === 'pretrain' ? config.nPositions : RECORD_TOKENS[kind]
  const { settings } = defaultSettings({
    kind,
    config,
    hardware,
    amount: { train: Math.round(amount * share), val: Math.round(amount * (1 - share)) },
    ...(kind === 'pretrain' ? {} : { recordTokens }),
  })
  const model = `a ${presetById(preset).name} model`
  const measured = timeEstimate({ ...config, nPositions: recordTokens }, settings, runs, adapter)
  if (measured) {
    return {
      low: measured.low,
      high: measured.high,
      reason: `Measured on this computer in “${measured.from}”, for ${model}.`,
    }
  }
  const { flops, leastStep } = speedOf(hardware)
  const step = Math.max(leastStep, trainStepFlops(config, settings.batchSize, recordTokens) / flops)
  const time = settings.steps * step * 1000
  return {
    low: time / SPREAD,
    high: time * SPREAD,
    reason: `Reckoned for ${model}; measured once you have trained.`,
  }
}
