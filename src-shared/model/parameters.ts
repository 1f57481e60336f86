import type { GptConfig, Head } from './config.ts'

export type ParameterInit =
  | { kind: 'normal'; std: number }
  /** Between -bound and bound. */
  | { kind: 'uniform'; bound: number }
  | { kind: 'ones' }
  | { kind: 'zeros' }

/** One trainable tensor, row-major f32, under its Hugging Face name. */
export interface ParameterSpec {
  name: string
  shape: number[]
  /** Whether AdamW's weight decay applies: every tensor of two dimensions (nanoGPT `configure_optimizers`). */
  decay: boolean
  init: ParameterInit
}

const ones: ParameterInit = { kind: 'ones' }
const zeros: ParameterInit = { kind: 'zeros' }
/** Standard deviation of GPT-2's initial weights. */
const INIT_STD = 0.02

/**
 * Every parameter of a model in Hugging Face's order (GPT2LMHeadModel, or GPT2ForSequenceClassification with a class head).
 * Linear layers are Conv1D: weight (in, out). Legend: V vocabulary, T context, C width, N labels.
 * Initial values are GPT-2's: N(0, 0.02), the two projections into the residual stream N(0, 0.02 / sqrt(2 L)), norms 1 and 0, biases 0.
 */
export function parameterTable(config: GptConfig, head: Head): ParameterSpec[] {
  const { vocabSize: V, nPositions: T, nEmbd: C, nLayer: L } = config
  const normal: ParameterInit = { kind: 'normal', std: INIT_STD }
  const residual: ParameterInit = { kind: 'normal', std: INIT_STD / Math.sqrt(2 * L) }
  const table: ParameterSpec[] = []
  const add = (name: string, shape: number[], init: ParameterInit) =>
    table.push({ name, shape, decay: shape.length === 2, init })
  const norm = (name: string) => {
    add(`${name}.weight`, [C], ones)
    add(`${name}.bias`, [C], zeros)
  }

  add('transformer.wte.weight', [V, C], normal)
  add('transformer.wpe.weight', [T, C], normal)
  for (let i = 0; i < L; i++) {
    const block = `transformer.h.${i}`
    norm(`${block}.ln_1`)
    add(`${block}.attn.c_attn.weight`, [C, 3 * C], normal)
    if (config.qkvBias) add(`${block}.attn.c_attn.bias`, [3 * C], zeros)
    add(`${block}.attn.c_proj.weight`, [C, C], residual)
    add(`${block}.attn.c_proj.bias`, [C], zeros)
    norm(`${block}.ln_2`)
    add(`${block}.mlp.c_fc.weight`, [C, 4 * C], normal)
    add(`${block}.mlp.c_fc.bias`, [4 * C], zeros)
    add(`${block}.mlp.c_proj.weight`, [4 * C, C], residual)
    add(`${block}.mlp.c_proj.bias`, [C], zeros)
  }
  norm('transformer.ln_f')
  if (head.kind === 'classification') add('score.weight', [head.numLabels, C], normal)
  else if (!config.tieWordEmbeddings) add('lm_head.weight', [V, C], normal)
  return table
}
