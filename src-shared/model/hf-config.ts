import * as v from 'valibot'
import { AppError } from '../contract/errors.ts'
import { gptConfigSchema, type GptConfig } from './config.ts'

const probability = v.optional(v.number(), 0)
const hfSchema = v.looseObject({
  model_type: v.literal('gpt2'),
  vocab_size: v.number(),
  n_positions: v.number(),
  n_embd: v.number(),
  n_layer: v.number(),
  n_head: v.number(),
  n_inner: v.optional(v.nullable(v.number())),
  activation_function: v.optional(v.string(), 'gelu_new'),
  layer_norm_epsilon: v.optional(v.number(), 1e-5),
  resid_pdrop: probability,
  tie_word_embeddings: v.optional(v.boolean(), true),
  /** Ours: false for a model trained without it, whose file holds zeros in its place. */
  qkv_bias: v.optional(v.boolean(), true),
})

/**
 * The config.json with which transformers loads this architecture: GPT2LMHeadModel, or with `labels` GPT2ForSequenceClassification, whose
 * batches need a pad token (huggingface/transformers, models/gpt2/configuration_gpt2.py and modeling_gpt2.py).
 */
export function toHfConfig(config: GptConfig, endId: number | null, labels?: string[]): Record<string, unknown> {
  const classes = labels && {
    num_labels: labels.length,
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    pad_token_id: endId ?? 0,
  }
  return {
    architectures: [labels ? 'GPT2ForSequenceClassification' : 'GPT2LMHeadModel'],
    model_type: 'gpt2',
    vocab_size: config.vocabSize,
    n_positions: config.nPositions,
    // transformers passes it over; llama.cpp's converter reads it.
    n_ctx: config.nPositions,
    n_embd: config.nEmbd,
    n_layer: config.nLayer,
    n_head: config.nHead,
    n_inner: null,
    activation_function: 'gelu_new',
    layer_norm_epsilon: config.layerNormEpsilon,
    embd_pdrop: config.dropout,
    attn_pdrop: config.dropout,
    resid_pdrop: config.dropout,
    initializer_range: 0.02,
    scale_attn_weights: true,
    use_cache: true,
    tie_word_embeddings: config.tieWordEmbeddings,
    qkv_bias: config.qkvBias,
    bos_token_id: endId,
    eos_token_id: endId,
    torch_dtype: 'float32',
    ...classes,
  }
}

/** Reads a config.json. Throws 'unsupported' naming `where` when it is no GPT-2 of the kind built here. */
export function fromHfConfig(json: unknown, where: string): GptConfig {
  const parsed = v.safeParse(hfSchema, json)
  if (!parsed.success) throw unsupported(where, v.summarize(parsed.issues))
  const hf = parsed.output
  if (hf.activation_function !== 'gelu_new')
    throw unsupported(where, `activation_function is ${hf.activation_function}`)
  if (hf.n_inner && hf.n_inner !== 4 * hf.n_embd) throw unsupported(where, `n_inner is ${hf.n_inner}`)
  const config = v.safeParse(gptConfigSchema, {
    vocabSize: hf.vocab_size,
    nPositions: hf.n_positions,
    nEmbd: hf.n_embd,
    nLayer: hf.n_layer,
    nHead: hf.n_head,
    dropout: hf.resid_pdrop,
    qkvBias: hf.qkv_bias,
    tieWordEmbeddings: hf.tie_word_embeddings,
    layerNormEpsilon: hf.layer_norm_epsilon,
  })
  if (!config.success) throw unsupported(where, v.summarize(config.issues))
  return config.output
}

function unsupported(where: string, why: string): AppError {
  return new AppError({
    code: 'unsupported',
    message: `${where} does not describe a model this studio can run: ${why}.`,
    hint: 'Expected the config.json of a GPT-2 (GPT2LMHeadModel) with gelu_new and a feed-forward width of 4 x n_embd.',
  })
}
