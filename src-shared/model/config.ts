import * as v from 'valibot'

/**
 * The architecture of one GPT, in Hugging Face's GPT2Config terms (camelCase here, snake_case in config.json).
 * Pre-LN, learned positions, GELU tanh ("gelu_new"), causal attention scaled by 1/sqrt(headSize).
 */
export const gptConfigSchema = v.object({
  /** V, number of token ids, 1 .. 65,536. */
  vocabSize: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536)),
  /** T, context length in tokens, 1 .. 8,192. */
  nPositions: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8_192)),
  /** C, width. */
  nEmbd: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8_192)),
  /** L, number of blocks. */
  nLayer: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(96)),
  /** H, attention heads; divides nEmbd. */
  nHead: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(128)),
  /** Probability of dropping an element, on embeddings, attention weights and residual branches. 0 .. 0.9 */
  dropout: v.pipe(v.number(), v.minValue(0), v.maxValue(0.9)),
  /** Whether attn.c_attn has a bias. */
  qkvBias: v.boolean(),
  /** Whether the output head shares wte (HF tie_word_embeddings). */
  tieWordEmbeddings: v.boolean(),
  /** Epsilon inside layer norm's square root. */
  layerNormEpsilon: v.pipe(v.number(), v.minValue(1e-12), v.maxValue(1e-1)),
})

export type GptConfig = v.InferOutput<typeof gptConfigSchema>

/** What stands on top of the blocks: next-token logits, or class logits read at the last non-pad token (HF `score.weight`, no bias). */
export type Head = { kind: 'lm' } | { kind: 'classification'; numLabels: number }
