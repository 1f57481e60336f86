import type { Run, TrainingSettings } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { forwardFlops, trainStepFlops } from '@shared/model/flops.ts'
import { speedOf, type Hardware } from '@shared/model/hardware.ts'
import { parameterCount } from '@shared/model/memory.ts'
import { durationRange, formatDuration } from './format.ts'

/** A range in milliseconds. */
export interface TimeRange {
  low: number
  high: number
}

export interface TrainingTime extends TimeRange {
  /** Name of the run whose speed it rests on; null where none was measured here. */
  from: string | null
}

/** What a training is to run on, and what has run there. */
export interface TrainedOn {
  hardware: Hardware
  adapter: string | null
  runs: readonly Run[]
}

type Amount = Pick<TrainingSettings, 'steps' | 'batchSize' | 'accumulation'>

/** Runs shorter than this are mostly start-up. */
const LEAST_MEASURED_MS = 3000
/** How far apart two models may be in size for one to tell the other's speed. */
const COMPARABLE = 10
/** How far off a speed may be that was not measured here: graphics cards differ most. */
const SPREAD = { gpu: 8, cpu: 2, software: 2 }

/**
 * How long a training takes: by the floating-point operations per second that an earlier pretraining reached on the same adapter, else by
 * what such hardware usually does, in a wider range.
 */
export const trainingTime = (config: GptConfig, amount: Amount, { hardware, adapter, runs }: TrainedOn): TrainingTime =>
  measuredTime(config, amount, runs, adapter) ?? reckonedTime(config, amount, hardware)

const totalFlops = (config: GptConfig, { steps, batchSize, accumulation }: Amount) =>
  steps * trainStepFlops(config, batchSize * accumulation, config.nPositions)

function measuredTime(
  config: GptConfig,
  amount: Amount,
  runs: readonly Run[],
  adapter: string | null,
): TrainingTime | null {
  const size = parameterCount(config)
  const distance = (run: Run) => Math.abs(Math.log(parameterCount(run.config) / size))
  const nearest = runs
    .filter((run) => run.kind === 'pretrain' && run.backend?.adapter === adapter && run.elapsedMs >= LEAST_MEASURED_MS)
    .filter((run) => run.tokensSeen > 0 && distance(run) <= Math.log(COMPARABLE))
    .toSorted((a, b) => distance(a) - distance(b))[0]
  if (!nearest) return null
  const done = 3 * forwardFlops(nearest.config, nearest.tokensSeen, nearest.config.nPositions)
  const time = (totalFlops(config, amount) * nearest.elapsedMs) / done
  // The further apart the sizes, the less one speed says of the other.
  const spread = 1.25 * Math.exp(0.25 * distance(nearest))
  return { low: time / spread, high: time * spread, from: nearest.name }
}

function reckonedTime(config: GptConfig, amount: Amount, hardware: Hardware): TrainingTime {
  const { flops, leastStep } = speedOf(hardware)
  const time = 1000 * Math.max(amount.steps * leastStep, totalFlops(config, amount) / flops)
  const spread = SPREAD[hardware.kind]
  return { low: time / spread, high: time * spread, from: null }
}

/** The same in words: to the second where it was measured, and marked where it was not. */
export const trainingTimeText = (time: TrainingTime): string =>
  time.from === null
    ? `${timeText(time)}, reckoned`
    : durationRange(formatDuration(time.low), formatDuration(time.high))

/** The range in words, no finer than it is known: "2 to 8 min", or "10 s". */
export const timeText = ({ low, high }: TimeRange): string => durationRange(rough(low), rough(high))

function rough(milliseconds: number): string {
  const grain = milliseconds < 60_000 ? 10_000 : milliseconds < 600_000 ? 60_000 : 300_000
  return formatDuration(Math.max(10_000, Math.round(milliseconds / grain) * grain))
}
