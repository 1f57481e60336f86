import type { Allocation, Ops, Tensor, Tensors } from '../backend.ts'
import { classesOf, headRows, logitsRows, logitsStride, type ModelShape } from '@shared/model/tensors.ts'

/** What a head works on. Legend: R rows of the head (M, or B for a classifier), C width, N classes (V for a language model). */
export interface HeadContext {
  ops: Ops
  shape: ModelShape
  params: Tensors
  /** Parameters as products read them. */
  weights: Tensors
  acts: Allocation
  inputs: Allocation
  /** Output of the last block. */
  hidden: Tensor
}

/** Name of the head's weight (N, C). */
export function headWeight({ config, head }: Pick<ModelShape, 'config' | 'head'>): string {
  if (head.kind === 'classification') return 'score.weight'
  return config.tieWordEmbeddings ? 'transformer.wte.weight' : 'lm_head.weight'
}

/** ln_f (R, C) of the rows that the head reads. */
export function finalNorm(ctx: HeadContext): void {
  const { ops, shape, params, acts, inputs } = ctx
  const { batch, seqLen, head, config } = shape
  if (head.kind === 'classification') {
    const index = inputs.get('last_index')
    ops.gatherRows({ x: ctx.hidden, index, out: acts.get('picked'), batch, seqLen, width: config.nEmbd })
  }
  ops.layerNorm({
    x: normInput(ctx),
    weight: params.get('transformer.ln_f.weight'),
    bias: params.get('transformer.ln_f.bias'),
    out: acts.get('ln_f'),
    stats: acts.get('stats_f'),
    rows: headRows(shape),
    eps: config.layerNormEpsilon,
  })
}

const normInput = ({ shape, acts, hidden }: HeadContext) =>
  shape.head.kind === 'classification' ? acts.get('picked') : hidden

/** First row and number of rows of each piece that the logits are worked through in. */
export function chunksOf(shape: ModelShape): { first: number; rows: number }[] {
  const total = headRows(shape)
  const rows = logitsRows(shape)
  return Array.from({ length: Math.ceil(total / rows) }, (_, i) => ({
    first: i * rows,
    rows: Math.min(rows, total - i * rows),
  }))
}

/** logits (rows, N) = ln_f (rows, C) W (N, C)^T for one piece. */
export function chunkLogits({ ops, shape, weights, acts, inputs }: HeadContext, first: number, rows: number): void {
  const C = shape.config.nEmbd
  const n = classesOf(shape)
  ops.matmul({
    layout: 'nt',
    a: acts.get('ln_f'),
    aOffset: first * C,
    b: weights.get(headWeight(shape)),
    out: inputs.get('logits'),
    ldc: logitsStride(n),
    m: rows,
    n,
    k: C,
  })
}

/** What a backward pass is to bring. */
export interface Backward {
  /** Of the parameters that train. */
  grads: Tensors
  /** Whether gradients and the loss are added to instead of overwritten. */
  adding: boolean
  /** Whether anything below the head and ln_f trains. */
  below: boolean
}

/**
 * Loss of every row, summed into results[0]; with `backward` also the gradients of W and ln_f, and in `dhidden` that of the last block's
 * output, each where it is wanted.
 */
export function headLoss(ctx: HeadContext, backward: Backward | null): void {
  const { ops, shape, inputs } = ctx
  for (const { first, rows } of chunksOf(shape)) {
    chunkLogits(ctx, first, rows)
    ops.crossEntropy({
      logits: inputs.get('logits'),
      labels: inputs.get('labels'),
      rowLoss: inputs.get('row_loss'),
      scale: inputs.get('scale'),
      lossScale: inputs.has('loss_scaling') ? inputs.get('loss_scaling') : undefined,
      rowOffset: first,
      rows,
      vocabSize: classesOf(shape),
      gradient: backward !== null,
    })
    if (backward) chunkBackward(ctx, backward, first, rows)
  }
  const accumulate = backward?.adding ?? false
  const [x, out] = [inputs.get('row_loss'), inputs.get('results')]
  ops.columnSum({ x, out, accumulate, rows: headRows(shape), columns: 1 })
  if (backward && reachesNorm(backward)) normBackward(ctx, backward)
}

const NORM = 'transformer.ln_f'
const reachesNorm = ({ grads, below }: Backward) => below || grads.has(`${NORM}.weight`)

/** Where the gradient of ln_f (R, C) is kept. */
const dnormOutput = ({ shape, acts }: HeadContext) =>
  acts.get(shape.head.kind === 'classification' ? 'dln_f' : 'dinner')

function chunkBackward(ctx: HeadContext, backward: Backward, first: number, rows: number): void {
  const { ops, shape, weights, acts, inputs } = ctx
  const C = shape.config.nEmbd
  const n = classesOf(shape)
  const logits = inputs.get('logits')
  const lda = logitsStride(n)
  const weight = headWeight(shape)
  if (reachesNorm(backward)) {
    // dln_f (rows, C) = dlogits (rows, N) W (N, C)
    const out = { out: dnormOutput(ctx), outOffset: first * C, gradient: true }
    ops.matmul({ layout: 'nn', a: logits, lda, b: weights.get(weight), ...out, m: rows, n: C, k: n })
  }
  if (!backward.grads.has(weight)) return
  // dW (N, C) += dlogits (rows, N)^T ln_f (rows, C)
  ops.matmul({
    layout: 'tn',
    a: logits,
    lda,
    b: acts.get('ln_f'),
    bOffset: first * C,
    out: backward.grads.get(weight),
    m: n,
    n: C,
    k: rows,
    accumulate: first > 0 || backward.adding,
  })
}

const normGradients = (grads: Tensors, accumulate: boolean) => ({
  dweight: grads.get(`${NORM}.weight`),
  dbias: grads.get(`${NORM}.bias`),
  accumulate,
})

function normBackward(ctx: HeadContext, { grads, adding, below }: Backward): void {
  const { ops, shape, params, acts, inputs } = ctx
  const { head, batch, seqLen, config } = shape
  const classifier = head.kind === 'classification'
  const dx = acts.get(classifier ? 'dpicked' : 'dhidden')
  ops.layerNormBackward({
    dout: dnormOutput(ctx),
    x: normInput(ctx),
    weight: params.get(`${NORM}.weight`),
    stats: acts.get('stats_f'),
    dx,
    accumulate: false,
    ...(grads.has(`${NORM}.weight`) && { params: normGradients(grads, adding) }),
    rows: headRows(shape),
  })
  if (classifier && below) {
    const index = inputs.get('last_index')
    ops.scatterRows({ x: acts.get('dhidden'), index, out: dx, batch, seqLen, width: config.nEmbd })
  }
}
