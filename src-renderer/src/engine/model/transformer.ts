import type { Allocation, Dropout, Ops, PackedAllocation, Tensor } from '../backend.ts'
import { blockBackward, blockForward, type BlockContext } from './block.ts'
import { finalNorm, headLoss, headWeight, type HeadContext } from './heads.ts'
import { blockNames, type ModelShape } from './tensors.ts'

/** Everything a program over the whole model binds. */
export interface GptTensors {
  shape: ModelShape
  params: PackedAllocation
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
  const first = acts.get('hidden.0')
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
    blockForward(block, (qkv, out, lse) =>
      ops.attention({ qkv, out, lse, ...heads(gpt), dropout: block.dropout?.attention }),
    )
  }
  const head = headContext(ops, gpt)
  finalNorm(head)
  return head
}

/** Forward, loss, and the gradient of every parameter. Needs activations kept for training. */
export function gptForwardBackward(ops: Ops, gpt: GptTensors, grads: PackedAllocation): void {
  const { shape, acts, inputs } = gpt
  const { batch, seqLen, config } = shape
  const rows = batch * seqLen
  const drop = dropouts(gpt)
  headLoss(gptForward(ops, gpt, drop !== null), grads)
  for (let i = config.nLayer - 1; i >= 0; i--) {
    const block = blockContext(ops, gpt, i, drop)
    const grad = (name: string) => grads.get(`transformer.h.${i}.${name}`)
    blockBackward({ ...block, grad }, (qkv, out, lse, dout, dqkv) =>
      ops.attentionBackward({
        ...{ qkv, out, lse, dout, dqkv },
        delta: acts.get('delta'),
        ...heads(gpt),
        dropout: block.dropout?.attention,
      }),
    )
  }
  let dembedding = acts.get('dhidden')
  if (drop) {
    dembedding = acts.get('branch')
    ops.dropout({ ...drop(0), x: acts.get('dhidden'), out: dembedding, length: rows * config.nEmbd })
  }
  const dwte = grads.get(WTE)
  // A tied head has written its share already.
  if (headWeight(shape) !== WTE) ops.fill({ out: dwte, value: 0 })
  ops.embeddingBackward({
    dout: dembedding,
    tokenIndex: inputs.get('token_index'),
    dwte,
    dwpe: grads.get(WPE),
    rows,
    seqLen,
  })
}

function heads({ shape: { batch, seqLen, config } }: GptTensors) {
  return { batch, seqLen, heads: config.nHead, headSize: config.nEmbd / config.nHead }
}

function headContext(ops: Ops, { shape, params, acts, inputs }: GptTensors): HeadContext {
  const hidden = acts.get(blockNames(shape.config.nLayer - 1, shape.training).output)
  return { ops, shape, params, acts, inputs, hidden }
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
    ...blockParams(gpt.params, i),
    acts,
    names: blockNames(i, shape.training),
    ...(drop && {
      dropout: { attention: drop(3 * i + 1), attentionBranch: drop(3 * i + 2), mlpBranch: drop(3 * i + 3) },
    }),
  }
}

/** Look-ups of block i's parameters by the name after its prefix. */
export function blockParams(params: PackedAllocation, i: number): Pick<BlockContext, 'param' | 'optionalParam'> {
  const full = (name: string) => `transformer.h.${i}.${name}`
  const param = (name: string): Tensor => params.get(full(name))
  return { param, optionalParam: (name) => (params.has(full(name)) ? param(name) : undefined) }
}
