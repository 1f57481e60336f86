import type { Run } from '@shared/contract/schemas.ts'

/** Text of the token that ends a document, in GPT-2's vocabulary and in the studio's own. */
const END_OF_TEXT = '<|endoftext|>'

/** Id of the end token as a Hugging Face tokenizer.json states it; null when it has none. */
export function endTokenId(tokenizerJson: unknown): number | null {
  const added = (tokenizerJson as { added_tokens?: unknown } | null)?.added_tokens
  if (!Array.isArray(added)) return null
  const found = (added as unknown[]).find((token) => (token as { content?: unknown } | null)?.content === END_OF_TEXT)
  const id = (found as { id?: unknown } | undefined)?.id
  return typeof id === 'number' ? id : null
}

/**
 * The config.json with which transformers loads a run's weights: GPT2LMHeadModel, or GPT2ForSequenceClassification, whose
 * batches need a pad token (huggingface/transformers, models/gpt2/configuration_gpt2.py and modeling_gpt2.py).
 */
export function hfConfig(run: Pick<Run, 'config' | 'kind' | 'labels'>, endToken: number | null) {
  const { config, labels } = run
  const classes = {
    num_labels: labels.length,
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    pad_token_id: endToken ?? 0,
  }
  return {
    architectures: [run.kind === 'classify' ? 'GPT2ForSequenceClassification' : 'GPT2LMHeadModel'],
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
    bos_token_id: endToken,
    eos_token_id: endToken,
    torch_dtype: 'float32',
    ...(run.kind === 'classify' ? classes : {}),
  }
}
