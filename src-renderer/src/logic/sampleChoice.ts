import type { Probe, Purpose, SampleFrom } from '@shared/contract/schemas.ts'
import { defaultSettings } from '@shared/model/defaults.ts'
import type { Hardware } from '@shared/model/hardware.ts'
import { presetById, presetConfig } from '@shared/model/presets.ts'
import { recommendPreset, recommendTokenizer } from '@shared/model/recommend.ts'
import { formatBytes, formatPercent } from './format.ts'
import { timeText } from './trainingTime.ts'

const MIB = 1024 * 1024
/** Files from this size on are offered as a sample too. */
const LARGE_BYTES = 256 * MIB
/** Sizes of samples that are offered, as far as they are smaller than the file. */
const SIZES = [64 * MIB, 256 * MIB, 1024 * MIB] as const
/** Bytes that a second of reading, cleaning and tokenizing takes on, from a slow and busy computer to a quick one. */
const RATE = { low: 15e6, high: 50e6 }
/** Bytes of text that a token of an own vocabulary stands for. */
const BYTES_PER_TOKEN = 3.5

/** How much of a file is to be imported. */
export interface SampleChoice {
  bytes: number
  from: SampleFrom
}

export const SAMPLE_FROM_NAMES: Record<SampleFrom, string> = {
  spread: 'Spread over the file',
  start: 'Its beginning',
}

/**
 * The ways in which a sample can be taken of a file, the better first; none where it is small or can be read only as a whole. (A cell of a
 * CSV may hold line ends, so that it cannot be entered in its midst.)
 */
export function sampleWays({ kind, gzip, source }: Probe): SampleFrom[] {
  if (gzip || source.bytes < LARGE_BYTES) return []
  if (kind === 'csv') return ['start']
  return ['text', 'markdown', 'jsonl', 'tsv'].includes(kind) ? ['spread', 'start'] : []
}

/** A sample as it will be taken: none where the file, read as it is now, does not allow it. */
export const sampleTaken = (probe: Probe | null, sample: SampleChoice | null): SampleChoice | null =>
  probe && sample && sampleWays(probe).includes(sample.from) && sample.bytes < probe.source.bytes ? sample : null

export const sampleSizes = (bytes: number): number[] => SIZES.filter((size) => size < bytes)

/** How long so many bytes take to import and tokenize: "40 s to 2 min". */
export function importTime(bytes: number): string {
  const high = (bytes / RATE.low) * 1000
  return high < 10_000 ? 'a few seconds' : timeText({ low: (bytes / RATE.high) * 1000, high })
}

/** Bytes of a text that the training planned for it here reads, each place counted as often as it is read. */
export function plannedReading(bytes: number, hardware: Hardware): { bytes: number; model: string } {
  const { preset } = recommendPreset(bytes, hardware)
  const config = presetConfig(preset, recommendTokenizer(bytes).vocabSize)
  const tokens = Math.round(bytes / BYTES_PER_TOKEN)
  const { settings } = defaultSettings({ kind: 'pretrain', config, hardware, amount: { train: tokens, val: tokens } })
  const read = settings.steps * settings.batchSize * settings.accumulation * config.nPositions
  return { bytes: read * BYTES_PER_TOKEN, model: presetById(preset).name }
}

/** The smallest sample that a planned training would not read twice; null where only all of the file would do. */
export const proposedSample = (bytes: number, reads: number): number | null =>
  sampleSizes(bytes).find((size) => size >= reads) ?? null

/** Why a sample of that size is enough, or why none is. */
export function sampleReason(bytes: number, purpose: Purpose, hardware: Hardware): string {
  if (purpose !== 'pretrain') return 'A finetune of a few minutes reads a part of so many records.'
  const reads = plannedReading(bytes, hardware)
  const share = reads.bytes / bytes
  const amount = `The first training planned here, of a ${reads.model} model, reads about ${formatBytes(reads.bytes)}`
  if (share >= 1) return `${amount}: all of it.`
  const part = share < 0.001 ? 'less than 0.1 %' : formatPercent(share)
  return `${amount}, ${part} of it. What is left out now can be imported later.`
}
