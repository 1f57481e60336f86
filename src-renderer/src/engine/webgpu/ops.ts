import type { Ops } from '../backend.ts'
import type { KernelContext } from './kernel.ts'
import { adamW, gradNorm } from './kernels/adamw.ts'
import { appendKv, attention, attentionBackward, cachedAttention } from './kernels/attention.ts'
import { cast } from './kernels/cast.ts'
import { columnSum } from './kernels/column_sum.ts'
import { crossEntropy } from './kernels/cross_entropy.ts'
import { dropout } from './kernels/dropout.ts'
import { embedding, embeddingBackward } from './kernels/embedding.ts'
import { fill } from './kernels/fill.ts'
import { gatherRows, scatterRows } from './kernels/gather_rows.ts'
import { gelu } from './kernels/gelu.ts'
import { layerNorm, layerNormBackward } from './kernels/layer_norm.ts'
import { matmulInWindows } from './kernels/windows.ts'

const TWINS = {
  embedding,
  embeddingBackward,
  layerNorm,
  layerNormBackward,
  matmul: matmulInWindows,
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
  cast,
  gradNorm,
  adamW,
} satisfies { [K in keyof Ops]: (ctx: KernelContext, ...args: Parameters<Ops[K]>) => void }

/** The catalogue, each operation becoming the dispatches that its twin says. */
export function opsFor(ctx: KernelContext): Ops {
  const bound = Object.entries(TWINS).map(([name, twin]) => [name, (args: never) => twin(ctx, args)])
  return Object.fromEntries(bound) as Ops
}
