import { lowestBlock } from '@shared/model/trainable.ts'
import type { Allocation, Dropout, Ops, Tensors } from '../backend.ts'
import { blockBackward, blockForward, innerForward, type Attend, type BlockContext, type Linear } from './block.ts'
import { finalNorm, headLoss, headWeight, type HeadContext } from './heads.ts'
import { blockNames, hiddenName, isRecomputed, type ModelShape } from '@shared/model/tensors.ts'

/** Everything a program over the whole model binds. */
export interface GptTensors {
  shape: ModelShape
  params: Tensors
  /** Parameters as products read them: themselves, or their shadow in 16 bits. */
  weights: Tensors
  acts: Allocation
  inputs: Allocation
}

const WTE = 'transformer.wte.weight'
const WPE = 'transformer.wpe.weight'

/** tokens (M) -> embeddings -> L blocks -> ln_f; dropout only where `dropping`. */
export function gptForward(ops: Ops, gpt: GptTensors, dropping: boolean): HeadContext {
  const { shape, params, acts, inputs } = gpt
  const { batch, seqLen, config } = shape
  const rows = batch * seqLen
  const first = acts.get(hiddenName(0, shape))
  const drop = dropping ? dropouts(gpt) : null
  ops.embedding({
    tokens: inputs.get('tokens'),
    wte: params.get(WTE),
    wpe: params.get(WPE),
    out: drop ? acts.get('branch') : first,
    rows,
    seqLen,
  })
  if (drop) ops.dropout({ ...drop(0), x: acts.get('branch'), out: first, length: rows * config.nEmbd })
  for (let i = 0; i < config.nLayer; i++) {
    const block = blockContext(ops, gpt, i, drop)
    blockForward(block, attend(gpt, block))
  }
  const head = headContext(ops, gpt)
  finalNorm(head)
  return head
}

/**
 * Forward, loss, and the gradient of every parameter that `grads` has a place for, going down no further than needed.
 * Needs activations kept for training.
 * @param adding whether gradients and the loss are added to what is there, instead of overwriting it
 */
export function gptForwardBackward(ops: Ops, gpt: GptTensors, grads: Tensors, adding: boolean): void {
  const { shape, acts } = gpt
  const { config, head, trainable } = shape
  const drop = dropouts(gpt)
  const embeddings = grads.has(WTE)
  const lowest = lowestBlock(config, head, trainable)
  const below = embeddings || lowest < config.nLayer
  headLoss(gptForward(ops, gpt, drop !== null), { grads, adding, below })
  for (let i = config.nLayer - 1; i >= lowest; i--) {
    const block = blockContext(ops, gpt, i, drop)
    const [grad, isLost] = [lookUp(grads, i), (linear: Linear) => isRecomputed(linear, i, shape)]
    // What the topmost block has left is still there.
    if (shape.recompute === 2 && i < config.nLayer - 1) innerForward(block, attend(gpt, block))
    blockBackward({ ...block, grad, isLost, adding, below: embeddings || i > lowest }, (qkv, out, lse, dout, dqkv) =>
      ops.attentionBackward({
        ...{ qkv, out, lse, dout, dqkv },
        delta: acts.get('delta'),
        ...heads(gpt),
        dropout: block.dropout?.attention,
      }),
    )
  }
  if (embeddings) embeddingBackward(ops, gpt, grads, adding, drop)
}

function embeddingBackward(ops: Ops, gpt: GptTensors, grads: Tensors, adding: boolean, drop: Dropouts | null): void {
  const { shape, acts, inputs } = gpt
  const { batch, seqLen, config } = shape
  const rows = batch * seqLen
  let dout = acts.get('dhidden')
  if (drop) {
    dout = acts.get('branch')
    ops.dropout({ ...drop(0), x: acts.get('dhidden'), out: dout, length: rows * config.nEmbd })
  }
  const dwte = grads.get(WTE)
  // A tied head has written its share already.
  if (!adding && headWeight(shape) !== WTE) ops.fill({ out: dwte, value: 0 })
  const dwpe = grads.has(WPE) ? grads.get(WPE) : undefined
  ops.embeddingBackward({ dout, tokenIndex: inputs.get('token_index'), dwte, dwpe, accumulate: adding, rows, seqLen })
}

const attend =
  (gpt: GptTensors, { ops, dropout }: BlockContext): Attend =>
  (qkv, out, lse) =>
    ops.attention({ qkv, out, lse, ...heads(gpt), dropout: dropout?.attention })

function heads({ shape: { batch, seqLen, config } }: GptTensors) {
  return { batch, seqLen, heads: config.nHead, headSize: config.nEmbd / config.nHead }
}

function headContext(ops: Ops, { shape, params, weights, acts, inputs }: GptTensors): HeadContext {
  return { ops, shape, params, weights, acts, inputs, hidden: acts.get(hiddenName(shape.config.nLayer, shape)) }
}

type Dropouts = (stream: number) => Dropout

/** Null without dropout. Stream 0 is the embedding's; block i has 3 i + 1 .. 3 i + 3. */
function dropouts({ shape, inputs }: GptTensors): Dropouts | null {
  const p = shape.config.dropout
  return p > 0 ? (stream) => ({ p, stream, seed: inputs.get('seed') }) : null
}

function blockContext(ops: Ops, gpt: GptTensors, i: number, drop: Dropouts | null): BlockContext {
  const { shape, acts } = gpt
  return {
    ops,
    config: shape.config,
    rows: shape.batch * shape.seqLen,
    ...blockParams(gpt, i),
    acts,
    names: blockNames(i, shape),
    ...(drop && {
      dropout: { attention: drop(3 * i + 1), attentionBranch: drop(3 * i + 2), mlpBranch: drop(3 * i + 3) },
    }),
  }
}

/** Block i's parameters by the name after its prefix, and its adapters. */
export function blockParams(
  { params, weights, shape }: Pick<GptTensors, 'params' | 'weights' | 'shape'>,
  i: number,
): Pick<BlockContext, 'param' | 'optionalParam' | 'weight' | 'lora'> {
  const param = (name: string) => params.get(`transformer.h.${i}.${name}`)
  const weight = (name: string) => weights.get(`transformer.h.${i}.${name}`)
  return { param, weight, optionalParam: lookUp(params, i), lora: shape.trainable.lora }
}

const lookUp = (tensors: Tensors, i: number) => (name: string) => {
  const full = `transformer.h.${i}.${name}`
  return tensors.has(full) ? tensors.get(full) : undefined
}
