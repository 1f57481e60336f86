import type { GptConfig, Head } from './config.ts'
import type { TensorSpec } from './layout.ts'
import { blockAdapters } from './lora.ts'
import type { ParameterSpec } from './parameters.ts'
import { lowestBlock, needsInput, trainableTable, type Trainable } from './trainable.ts'

/** What the plan of a session depends on. */
export interface ModelShape {
  config: GptConfig
  head: Head
  /** B */
  batch: number
  /** T */
  seqLen: number
  /** Whether activations are kept for a backward pass. */
  training: boolean
  /** What trains, where anything does, and which adapters there are. */
  trainable: Trainable
  recompute: Recompute
  /** Bytes that the device binds at once. */
  largest: number
  /** f32 when absent. */
  precision?: Precision
}

/**
 * In which floats a session computes. `mixed`: what products read, which is weights, activations and the gradients between layers, in 16
 * bits; the residual stream, parameters, their gradients and moments, and all arithmetic in 32.
 */
export type Precision = 'f32' | 'mixed'

/**
 * What a backward pass works out again instead of having it kept: 0 nothing; 1 what norms and GELU give, which keeps 10 C numbers of a
 * token and block instead of 16 C; 2 everything inside a block, which keeps its input alone, C, for a second forward pass.
 */
export type Recompute = 0 | 1 | 2

/** What the places of a block's activations depend on. */
type Places = Pick<ModelShape, 'config' | 'head' | 'training' | 'trainable' | 'recompute' | 'precision'>

/** How what products read is kept. */
const half = ({ precision }: Pick<ModelShape, 'precision'>) =>
  precision === 'mixed' ? ({ dtype: 'f16' } as const) : undefined

/** First block whose activations are kept for a backward pass. */
const keptFrom = ({ config, head, training, trainable }: Places) =>
  training ? lowestBlock(config, head, trainable) : Infinity

/** Where the residual stream is kept before block j, or after the last: two take turns where it need not last. */
export const hiddenName = (j: number, places: Places) => `hidden.${j >= keptFrom(places) ? j : j % 2}`

/** Most rows of logits that exist at once. */
const LOGITS_CHUNK_ROWS = 512

/** Number of classes the head tells apart: V or N. */
export const classesOf = ({ config, head }: Pick<ModelShape, 'config' | 'head'>) =>
  head.kind === 'classification' ? head.numLabels : config.vocabSize

/** Distance between rows of logits: whole vec4s. */
export const logitsStride = (classes: number) => Math.ceil(classes / 4) * 4

/** Rows that the head sees: M for a language model, B for a classifier. */
export const headRows = ({ head, batch, seqLen }: ModelShape) =>
  head.kind === 'classification' ? batch : batch * seqLen

/** Rows of logits that exist at once: the loss works through the batch in pieces of so many. */
export const logitsRows = (shape: ModelShape) => {
  const bound = Math.max(1, Math.floor(shape.largest / (4 * logitsStride(classesOf(shape)))))
  return Math.min(headRows(shape), LOGITS_CHUNK_ROWS, bound)
}

/** Numbers of the index of where each token of a batch of `rows` occurs. */
export const tokenIndexLength = (rows: number) => 3 * rows + 2

type Linear = Parameters<typeof needsInput>[0]

/** (M, 4 C): GELU's output where it is not kept, and the gradients of what goes into GELU and of qkv, one after the other. */
export const WIDE = 'wide'

/**
 * Where the activations of block i are kept: what its backward pass needs is its own, unless it is worked out again; for the rest all
 * blocks take turns with the same.
 */
export function blockNames(i: number, places: Places) {
  const { config, trainable, recompute } = places
  const entered = i >= keptFrom(places)
  const own = entered && recompute < 2 ? `h.${i}` : 'h'
  const isKept = (linear: Linear) => entered && recompute === 0 && needsInput(linear, i, config, trainable)
  const inputOf = (linear: Linear) => (isKept(linear) ? own : 'h')
  return {
    input: hiddenName(i, places),
    ln1: `${inputOf('attn.c_attn')}.ln_1`,
    stats1: `${own}.stats_1`,
    qkv: `${own}.qkv`,
    attention: `${own}.attention`,
    lse: `${own}.lse`,
    middle: `${own}.middle`,
    ln2: `${inputOf('mlp.c_fc')}.ln_2`,
    stats2: `${own}.stats_2`,
    /** Only where a backward pass will ask for it. */
    pre: entered ? `${own}.pre` : null,
    act: isKept('mlp.c_proj') ? `${own}.act` : WIDE,
    /** Prefix of what adapters keep, always: it is little. */
    lora: `${entered ? `h.${i}` : 'h'}.lora`,
    output: hiddenName(i + 1, places),
  }
}

/**
 * Whether the backward pass of block i works out again what goes into one of its linear layers. What the topmost block has left is still
 * there.
 */
export const isRecomputed = (linear: Linear, i: number, { config, trainable, recompute }: Places) =>
  recompute === 1 && linear !== 'attn.c_proj' && i < config.nLayer - 1 && needsInput(linear, i, config, trainable)

/** Activations of block i over `rows` rows. */
export function blockSpecs(i: number, rows: number, places: Places): TensorSpec[] {
  const { nEmbd: C, nHead: H } = places.config
  const { lora } = places.trainable
  const names = blockNames(i, places)
  return [
    { name: names.ln1, shape: [rows, C], ...half(places) },
    { name: names.stats1, shape: [rows, 2] },
    { name: names.qkv, shape: [rows, 3 * C], ...half(places) },
    { name: names.attention, shape: [rows, C], ...half(places) },
    { name: names.lse, shape: [H, rows] },
    { name: names.middle, shape: [rows, C] },
    { name: names.ln2, shape: [rows, C], ...half(places) },
    { name: names.stats2, shape: [rows, 2] },
    ...(names.pre ? [{ name: names.pre, shape: [rows, 4 * C], ...half(places) }] : []),
    { name: names.act, shape: [rows, 4 * C], ...half(places) },
    ...blockAdapters(places.config, lora).map(({ a }) => ({ name: `${names.lora}.${a}`, shape: [rows, lora!.rank] })),
  ]
}

/** Forward activations and, when training, the gradients in flight. */
function activationSpecs(shape: ModelShape): TensorSpec[] {
  const { config, head, batch, seqLen, training } = shape
  const { nEmbd: C, nLayer: L } = config
  const M = batch * seqLen
  const hidden = Array.from({ length: L + 1 }, (_, j) => ({ name: hiddenName(j, shape), shape: [M, C] }))
  const blocks = Array.from({ length: L }, (_, i) => blockSpecs(i, M, shape)).flat()
  const top = headRows(shape)
  const specs = [
    ...hidden,
    ...blocks,
    ...(head.kind === 'classification' ? [{ name: 'picked', shape: [batch, C] }] : []),
    { name: 'ln_f', shape: [top, C], ...half(shape) },
    { name: 'stats_f', shape: [top, 2] },
    ...(training ? gradientSpecs(shape) : []),
  ]
  return [...new Map(specs.map((spec) => [spec.name, spec])).values()]
}

function gradientSpecs(shape: ModelShape): TensorSpec[] {
  const { config, head, batch, seqLen, trainable } = shape
  const { nEmbd: C, nHead: H, nLayer: L } = config
  const M = batch * seqLen
  return [
    // Of the residual stream, of a block's inner width C (norms, attention), and of its wider parts.
    { name: 'dhidden', shape: [M, C] },
    { name: 'dinner', shape: [M, C], ...half(shape) },
    ...(keptFrom(shape) < L
      ? [
          { name: WIDE, shape: [M, 4 * C], ...half(shape) },
          { name: 'delta', shape: [H, M] },
        ]
      : []),
    ...(trainable.lora ? [{ name: 'dlow', shape: [M, trainable.lora.rank] }] : []),
    ...(config.dropout > 0 ? [{ name: 'branch', shape: [M, C] }] : []),
    ...(head.kind === 'classification'
      ? [
          { name: 'dln_f', shape: [batch, C] },
          { name: 'dpicked', shape: [batch, C] },
        ]
      : []),
  ]
}

/** What is written for each batch, and what comes back. */
function inputSpecs(shape: ModelShape): TensorSpec[] {
  const { batch, seqLen, head, training } = shape
  const M = batch * seqLen
  const top = headRows(shape)
  return [
    { name: 'tokens', shape: [M], dtype: 'u32' },
    { name: 'labels', shape: [top], dtype: 'i32' },
    ...(head.kind === 'classification' ? [{ name: 'last_index', shape: [batch], dtype: 'u32' } as const] : []),
    { name: 'scale', shape: [1] },
    { name: 'row_loss', shape: [top] },
    { name: 'results', shape: [4] },
    // A classifier's are few, and are read.
    {
      name: 'logits',
      shape: [logitsRows(shape), logitsStride(classesOf(shape))],
      ...(head.kind === 'lm' && half(shape)),
    },
    ...(training
      ? ([
          { name: 'token_index', shape: [tokenIndexLength(M)], dtype: 'u32' },
          { name: 'schedule', shape: [3] },
          { name: 'seed', shape: [1], dtype: 'u32' },
          ...(half(shape) ? [{ name: 'loss_scaling', shape: [3] }] : []),
        ] as const)
      : []),
  ]
}

/** Everything that a session has on its device but its programs. */
export interface SessionTensors {
  /** Every parameter. */
  table: ParameterSpec[]
  /** Those that train: they have a gradient and two moments, laid out alike. */
  trained: ParameterSpec[]
  frozen: ParameterSpec[]
  activations: TensorSpec[]
  /** Inputs, results and logits. */
  inputs: TensorSpec[]
}

export function sessionTensors(shape: ModelShape): SessionTensors {
  const { config, head, trainable, training } = shape
  const table = trainableTable(config, head, trainable)
  const isTrained = (spec: (typeof table)[number]) => training && spec.trains
  return {
    table,
    trained: table.filter(isTrained),
    frozen: table.filter((spec) => !isTrained(spec)),
    activations: activationSpecs(shape),
    inputs: inputSpecs(shape),
  }
}
