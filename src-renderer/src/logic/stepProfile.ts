import { groupOps, rate, type OpGroup, type Peaks } from '@engine/profile/profile.ts'
import type { StepProfile } from '@engine/profile/step.ts'
import { counted, formatCount, formatPercent } from './format.ts'

/** What holds an operation back, and how near it comes to what the device does at most. */
export interface Bound {
  by: 'arithmetic' | 'memory'
  /** Of the peak, 0 .. 1. */
  share: number
}

/** One kind of operation in a training step. */
export interface StepRow {
  name: string
  detail: string
  count: number
  ms: number
  /** Of the time of all operations, 0 .. 1. */
  share: number
  gflops: number
  gbytes: number
  bound: Bound | null
}

const NAMES: Record<string, string> = {
  matmul: 'Matrix product',
  attention: 'Attention',
  attentionBackward: 'Attention, backward',
  layerNorm: 'Layer norm',
  layerNormBackward: 'Layer norm, backward',
  embedding: 'Embedding',
  embeddingBackward: 'Embedding, backward',
  crossEntropy: 'Softmax and loss',
  adamW: 'AdamW',
  gradNorm: 'Norm of the gradients',
  columnSum: 'Column sums',
  gelu: 'GELU',
  cast: 'Change of precision',
  dropout: 'Dropout',
  fill: 'Fill',
}

/** The operations of a step as rows, the longest first; by kind alone, or by kind and sizes. */
export function stepRows(profile: StepProfile, peaks: Peaks | null, by: 'kind' | 'size'): StepRow[] {
  const groups = by === 'size' ? profile.ops : groupOps(profile.ops, ({ op }) => op)
  const total = operationMs(profile)
  return groups.map((group) => ({
    name: NAMES[group.op] ?? group.op,
    detail: by === 'size' ? group.detail : '',
    count: by === 'size' ? group.count : sum(profile.ops.filter(({ op }) => op === group.op).map(({ count }) => count)),
    ms: group.ms,
    share: total > 0 ? group.ms / total : 0,
    gflops: rate(group.flops, group.ms),
    gbytes: rate(group.bytes, group.ms),
    bound: peaks && boundOf(group, peaks),
  }))
}

/** Milliseconds that the operations of a step take together. */
export const operationMs = ({ ops }: StepProfile): number => sum(ops.map(({ ms }) => ms))

/** The nearer of the two roofs (Williams et al. 2009): arithmetic, or memory where there is little of it. */
function boundOf({ flops, bytes, ms }: OpGroup, peaks: Peaks): Bound {
  const arithmetic = rate(flops, ms) / peaks.f32
  const memory = rate(bytes, ms) / peaks.copy
  return arithmetic >= memory ? { by: 'arithmetic', share: arithmetic } : { by: 'memory', share: memory }
}

/** Share of the multiply-adds that the device could have done in a step (MFU, PaLM appendix B), by its own peak. */
export const utilisation = ({ flops, stepMs }: StepProfile, peaks: Peaks): number => rate(flops, stepMs) / peaks.f32

/** Milliseconds, or microseconds, with the figures that count. */
export const formatMs = (ms: number): string =>
  ms < 0.0995
    ? `${(1000 * ms).toFixed(ms < 0.00995 ? 1 : 0)}\u202fµs`
    : `${ms >= 100 ? formatCount(ms) : ms >= 1 ? ms.toFixed(1) : ms.toFixed(2)}\u202fms`

/** A number with the figures that count. */
export const formatFigures = (value: number): string =>
  value >= 100 ? formatCount(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

/** A rate with the figures that count, in `unit`. */
export const formatRate = (value: number, unit: string): string => `${formatFigures(value)}\u202f${unit}`

export const boundText = ({ by, share }: Bound): string =>
  `${formatPercent(share, 0)} of its ${by} peak${share > 1 ? OVER[by] : ''}`

/** Why more can be done than the most that was measured. */
const OVER = { arithmetic: ', which other work held down as it was measured', memory: ', its data being in caches' }

/** "2 layers, 1 head, …": what a profiled model is like. */
export function shapeText({ config, batchSize }: Pick<StepProfile, 'config' | 'batchSize'>): string {
  const { nLayer, nHead, nEmbd, nPositions, vocabSize } = config
  return `${counted(nLayer, 'layer')}, ${counted(nHead, 'head')}, width ${nEmbd}, context ${nPositions}, batch ${batchSize}, vocabulary ${formatCount(vocabSize)}`
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
