import type {
  AdamWArgs,
  AttentionArgs,
  CachedAttentionArgs,
  CrossEntropyArgs,
  EmbeddingArgs,
  EmbeddingBackwardArgs,
  LayerNormArgs,
  LayerNormBackwardArgs,
  MatmulArgs,
  Ops,
  PackedAllocation,
  RowSelectArgs,
  Tensor,
} from '../backend.ts'
import type { OpFacts, OpName } from './profile.ts'

type Told = Omit<OpFacts, 'op'>
type Args<K extends OpName> = Parameters<Ops[K]>[0]

/** Bytes of one element. */
const width = ({ dtype = 'f32' }: Tensor) => (dtype.endsWith('16') ? 2 : 4)
/** Bytes of `count` elements of the tensors that are there. */
const sized = (count: number, ...tensors: (Tensor | undefined)[]) =>
  tensors.reduce((sum, tensor) => sum + (tensor ? count * width(tensor) : 0), 0)
const shape = (...sizes: number[]) => sizes.join(' x ')
const words = (...parts: (string | false | undefined)[]) => parts.filter(Boolean).join(', ')

function matmul(args: MatmulArgs): Told {
  const { layout, a, b, out, m, n, k } = args
  const pre = args.gelu?.pre
  return {
    detail: words(
      `${layout} ${shape(m, n, k)}`,
      args.bias && 'bias',
      args.residual && 'residual',
      args.gelu && 'GELU',
      args.geluBackward && 'GELU backward',
      args.columnSums && 'column sums',
      args.accumulate && 'added',
    ),
    flops: 2 * m * n * k,
    bytes:
      sized(m * k, a) +
      sized(k * n, b) +
      sized(n, args.bias, args.columnSums) +
      sized(m * n, out, args.residual, pre, args.geluBackward, args.accumulate ? out : undefined),
  }
}

/** `products`: how many (T x D) by (D x T) products it takes; of each, causality leaves one half. */
function attended(args: AttentionArgs, products: number, passes: number): Told {
  const { batch, seqLen, heads, headSize, qkv } = args
  return {
    detail: words(`${shape(batch, heads, seqLen, headSize)}`, args.dropout && 'dropout'),
    flops: products * batch * heads * seqLen * seqLen * headSize,
    bytes: passes * sized(batch * seqLen * heads * headSize, qkv),
  }
}

function cachedAttention({ qkv, rows, heads, headSize, cache }: CachedAttentionArgs): Told {
  const positions = cache.shape[0]!
  return {
    detail: `${shape(rows, heads, positions, headSize)} at most`,
    flops: 4 * rows * positions * heads * headSize,
    bytes: sized(2 * positions * heads * headSize, cache) + sized(2 * rows * heads * headSize, qkv),
  }
}

function layerNorm({ x, out, rows, weight }: LayerNormArgs): Told {
  return { detail: shape(rows, weight.length), flops: 8 * rows * weight.length, bytes: sized(x.length, x, out) }
}

function layerNormBackward({ dout, x, dx, accumulate, params, rows, weight }: LayerNormBackwardArgs): Told {
  return {
    detail: words(shape(rows, weight.length), !params && 'frozen'),
    flops: 12 * rows * weight.length,
    bytes: sized(x.length, dout, x, dx, accumulate ? dx : undefined),
  }
}

function embedding({ rows, wte, wpe, out }: EmbeddingArgs): Told {
  const C = wte.shape[1]!
  return { detail: shape(rows, C), flops: rows * C, bytes: sized(rows * C, wte, wpe, out) }
}

function embeddingBackward({ rows, dout, dwte, dwpe }: EmbeddingBackwardArgs): Told {
  const C = dwte.shape[1]!
  return {
    detail: shape(rows, C),
    flops: 2 * rows * C,
    bytes: sized(rows * C, dout, dwte, dwte) + sized(dwpe?.length ?? 0, dwpe),
  }
}

function crossEntropy({ logits, rows, vocabSize, gradient }: CrossEntropyArgs): Told {
  const count = rows * vocabSize
  return {
    detail: words(shape(rows, vocabSize), gradient && 'with gradient'),
    flops: 4 * count,
    bytes: sized(count, logits, gradient ? logits : undefined),
  }
}

function rowsPicked({ x, out, batch, seqLen, width: C }: RowSelectArgs, whole: boolean): Told {
  return {
    detail: shape(batch, seqLen, C),
    flops: 0,
    bytes: sized(batch * C, out) + sized((whole ? batch * seqLen : batch) * C, x),
  }
}

const numbers = ({ bytes }: PackedAllocation) => bytes / 4

function adamW({ params, grads, m, v }: AdamWArgs): Told {
  return {
    detail: `${numbers(params).toLocaleString('en')} parameters`,
    flops: 15 * numbers(params),
    // Gradients are read, the three others read and written.
    bytes: grads.bytes + 2 * (params.bytes + m.bytes + v.bytes),
  }
}

const TELL: { [K in OpName]: (args: Args<K>) => Told } = {
  matmul,
  // Scores and their mix; backward also dP, dQ, dK, dV and the scores again.
  attention: (args) => attended(args, 2, 4),
  attentionBackward: (args) => attended(args, 5, 8),
  cachedAttention,
  layerNorm,
  layerNormBackward,
  embedding,
  embeddingBackward,
  crossEntropy,
  adamW,
  appendKv: ({ qkv, cache, rows, width: C }) => ({
    detail: shape(rows, 2 * C),
    flops: 0,
    bytes: sized(2 * rows * C, qkv, cache),
  }),
  dropout: ({ x, residual, out, length }) => ({
    detail: words(`${length.toLocaleString('en')} numbers`, residual && 'residual'),
    flops: 2 * length,
    bytes: sized(length, x, residual, out),
  }),
  cast: ({ x, out, length }) => ({
    detail: `${length.toLocaleString('en')} numbers to ${out.dtype ?? 'f32'}`,
    flops: 0,
    bytes: sized(length, x) + sized(length, out),
  }),
  gelu: ({ x, out, length }) => ({
    detail: `${length.toLocaleString('en')} numbers`,
    flops: 12 * length,
    bytes: sized(length, x, out),
  }),
  columnSum: ({ x, rows, columns, out }) => ({
    detail: shape(rows, columns),
    flops: rows * columns,
    bytes: sized(rows * columns, x) + sized(columns, out),
  }),
  fill: ({ out }) => ({
    detail: `${out.length.toLocaleString('en')} numbers`,
    flops: 0,
    bytes: sized(out.length, out),
  }),
  gatherRows: (args) => rowsPicked(args, false),
  scatterRows: (args) => rowsPicked(args, true),
  gradNorm: ({ grads }) => ({
    detail: `${numbers(grads).toLocaleString('en')} gradients`,
    flops: 2 * numbers(grads),
    bytes: grads.bytes,
  }),
}

/** The catalogue as `ops` has it; `onOp` is told of each operation before it is recorded. */
export function watched(ops: Ops, onOp: (facts: OpFacts) => void): Ops {
  const bound = (Object.keys(TELL) as OpName[]).map((op) => [
    op,
    (args: never) => {
      onOp({ op, ...TELL[op](args) })
      ;(ops[op] as (args: never) => void)(args)
    },
  ])
  return Object.fromEntries(bound) as Ops
}
