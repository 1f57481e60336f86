import type { Ops } from '../backend.ts'
import type { CpuContext } from './context.ts'
import { noFloat16 } from './errors.ts'
import { adamW, gradNorm } from './ops/adamw.ts'
import { appendKv, attention, attentionBackward, cachedAttention } from './ops/attention.ts'
import { crossEntropy } from './ops/cross_entropy.ts'
import { embedding, embeddingBackward } from './ops/embedding.ts'
import { layerNorm, layerNormBackward } from './ops/layer_norm.ts'
import { matmul } from './ops/matmul.ts'
import { columnSum, dropout, fill, gatherRows, gelu, scatterRows } from './ops/rows.ts'

const TWINS = {
  embedding,
  embeddingBackward,
  layerNorm,
  layerNormBackward,
  matmul,
  attention,
  attentionBackward,
  appendKv,
  cachedAttention,
  dropout,
  gelu,
  crossEntropy,
  columnSum,
  fill,
  gatherRows,
  scatterRows,
  cast: noFloat16,
  gradNorm,
  adamW,
} satisfies { [K in keyof Ops]: (ctx: CpuContext, ...args: Parameters<Ops[K]>) => void }

/** The catalogue, each operation becoming the commands that its twin says. */
export function opsFor(ctx: CpuContext): Ops {
  const bound = Object.entries(TWINS).map(([name, twin]) => [name, (args: never) => twin(ctx, args)])
  return Object.fromEntries(bound) as Ops
}
