import type { GptConfig } from '@shared/model/config.ts'

/** One training step's sizes. L layers, H heads, C width, T context, B batch, V vocabulary. */
export interface StepShape {
  layers: number
  heads: number
  width: number
  context: number
  batch: number
  vocab: number
}

const shape = (
  layers: number,
  heads: number,
  width: number,
  context: number,
  batch: number,
  vocab: number,
): StepShape => ({
  layers,
  heads,
  width,
  context,
  batch,
  vocab,
})

/** The step that other engines' figures are known for. */
export const SMALL = shape(4, 4, 128, 64, 8, 65)
export const WIDE = shape(4, 4, 256, 128, 8, 65)
/** nanoGPT's step for a CPU (config/train_shakespeare_char.py with the overrides of its README). */
export const NANO_CPU = shape(4, 4, 128, 64, 12, 65)
/** nanoGPT's step for characters on a GPU, at a batch that a CPU bears. */
export const NANO_CHAR = shape(6, 6, 384, 256, 8, 65)
export const GPT2 = shape(12, 12, 768, 256, 1, 50_257)
/** The step whose share of a card's peak is told. */
export const GPT2_FULL = shape(12, 12, 768, 1024, 4, 50_257)

/** AdamW of every contender: decay on tensors of two dimensions only, as nanoGPT has it. */
export const OPTIMIZER = { learningRate: 3e-4, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 } as const

export const configOf = ({ layers, heads, width, context, vocab }: StepShape): GptConfig => ({
  vocabSize: vocab,
  nPositions: context,
  nEmbd: width,
  nLayer: layers,
  nHead: heads,
  dropout: 0,
  qkvBias: true,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
})

export const tokensOf = ({ batch, context }: StepShape) => batch * context

/** Floating-point operations of a step: 6 for each weight of a matmul and token, and attention in full (PaLM, appendix B). */
export const stepFlops = ({ layers: L, width: C, context: T, batch: B, vocab: V }: StepShape) =>
  6 * B * T * (12 * L * C * C + V * C) + 12 * L * B * T * T * C

export const shapeName = ({ layers, heads, width, context, batch, vocab }: StepShape) =>
  `${layers} layers, ${heads} heads, width ${width}, context ${context}, batch ${batch}, vocabulary ${vocab.toLocaleString('en')}`
