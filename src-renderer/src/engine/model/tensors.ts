import type { GptConfig, Head } from '@shared/model/config.ts'
import type { TensorSpec } from '../backend.ts'
import { TokenIndexer } from './token-index.ts'

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
}

/** Rows of logits that exist at once. */
const LOGITS_CHUNK_ROWS = 512

/** Number of classes the head tells apart: V or N. */
export const classesOf = ({ config, head }: Pick<ModelShape, 'config' | 'head'>) =>
  head.kind === 'classification' ? head.numLabels : config.vocabSize

/** Distance between rows of logits: whole vec4s. */
export const logitsStride = (classes: number) => Math.ceil(classes / 4) * 4

/** Rows that the head sees: M for a language model, B for a classifier. */
export const headRows = ({ head, batch, seqLen }: ModelShape) =>
  head.kind === 'classification' ? batch : batch * seqLen

export const logitsRows = (shape: ModelShape) => Math.min(headRows(shape), LOGITS_CHUNK_ROWS)

/** Where the activations of block i are kept: each block's own when training, else all blocks take turns with the same. */
export function blockNames(i: number, training: boolean) {
  const own = training ? `h.${i}` : 'h'
  const hidden = (j: number) => `hidden.${training ? j : j % 2}`
  return {
    input: hidden(i),
    ln1: `${own}.ln_1`,
    stats1: `${own}.stats_1`,
    qkv: `${own}.qkv`,
    attention: `${own}.attention`,
    lse: `${own}.lse`,
    middle: `${own}.middle`,
    ln2: `${own}.ln_2`,
    stats2: `${own}.stats_2`,
    pre: `${own}.pre`,
    act: `${own}.act`,
    output: hidden(i + 1),
  }
}

/** Activations of one block over `rows` rows. `lse` and `pre` exist only where they are needed. */
export function blockSpecs(
  names: ReturnType<typeof blockNames>,
  { rows, C, H, training }: { rows: number; C: number; H: number; training: boolean },
): TensorSpec[] {
  return [
    { name: names.ln1, shape: [rows, C] },
    { name: names.stats1, shape: [rows, 2] },
    { name: names.qkv, shape: [rows, 3 * C] },
    { name: names.attention, shape: [rows, C] },
    { name: names.lse, shape: [H, rows] },
    { name: names.middle, shape: [rows, C] },
    { name: names.ln2, shape: [rows, C] },
    { name: names.stats2, shape: [rows, 2] },
    ...(training ? [{ name: names.pre, shape: [rows, 4 * C] }] : []),
    { name: names.act, shape: [rows, 4 * C] },
  ]
}

/** Forward activations and, when training, the gradients in flight. */
export function activationSpecs(shape: ModelShape): TensorSpec[] {
  const { config, head, batch, seqLen, training } = shape
  const { nEmbd: C, nHead: H, nLayer: L } = config
  const M = batch * seqLen
  const hidden = Array.from({ length: training ? L + 1 : Math.min(L + 1, 2) }, (_, i) => ({
    name: `hidden.${i}`,
    shape: [M, C],
  }))
  const blocks = Array.from({ length: training ? L : Math.min(L, 1) }, (_, i) =>
    blockSpecs(blockNames(i, training), { rows: M, C, H, training }),
  ).flat()
  const top = headRows(shape)
  return [
    ...hidden,
    ...blocks,
    ...(head.kind === 'classification' ? [{ name: 'picked', shape: [batch, C] }] : []),
    { name: 'ln_f', shape: [top, C] },
    { name: 'stats_f', shape: [top, 2] },
    ...(training ? gradientSpecs(shape) : []),
  ]
}

function gradientSpecs({ config, head, batch, seqLen }: ModelShape): TensorSpec[] {
  const { nEmbd: C, nHead: H } = config
  const M = batch * seqLen
  return [
    // Of the residual stream, of a block's inner width C (norms, attention), and of its wider parts.
    { name: 'dhidden', shape: [M, C] },
    { name: 'dinner', shape: [M, C] },
    { name: 'dqkv', shape: [M, 3 * C] },
    { name: 'dact', shape: [M, 4 * C] },
    { name: 'delta', shape: [H, M] },
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
export function inputSpecs(shape: ModelShape): TensorSpec[] {
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
    { name: 'logits', shape: [logitsRows(shape), logitsStride(classesOf(shape))] },
    ...(training
      ? ([
          { name: 'token_index', shape: [TokenIndexer.length(M)], dtype: 'u32' },
          { name: 'schedule', shape: [3] },
          { name: 'seed', shape: [1], dtype: 'u32' },
        ] as const)
      : []),
  ]
}
