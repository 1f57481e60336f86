import { WEBGPU_LAYOUT } from '@shared/model/layout.ts'
import type { AdamWArgs, GradNormArgs } from '../../backend.ts'
import { fixed, flatCall, gpu, scratch, stored, type KernelContext } from '../kernel.ts'
import type { GpuPacked } from '../memory.ts'
import adamwSource from './adamw.wgsl?raw'
import clipSource from './clip_factor.wgsl?raw'
import squaresSource from './sum_squares.wgsl?raw'

/** Partial sums that the one thread of clip_factor adds up. */
const MOST_PARTIALS = 1024
/** Parameters that share one entry of the decay mask. */
const DECAY_BLOCK = WEBGPU_LAYOUT.packNumbers

export function gradNorm(ctx: KernelContext, { grads, maxNorm, results, scaling }: GradNormArgs): void {
  const { flatGroup: GROUP, packedVectors: BLOCK } = ctx.tuning
  const { segments } = grads as GpuPacked
  const threads = Math.min(ctx.tuning.threads, MOST_PARTIALS)
  const partial = scratch(threads * segments.length)
  segments.forEach((segment, i) => {
    const call = {
      name: 'sum_squares',
      source: squaresSource,
      constants: { GROUP, BLOCK },
      bindings: [segment, partial],
      integers: [segment.length / 4 / BLOCK, threads, i * threads],
    }
    ctx.dispatch(flatCall(call, threads, GROUP))
  })
  ctx.dispatch({
    name: 'clip_factor',
    source: clipSource,
    bindings: [partial, gpu(results), gpu(scaling?.state)],
    integers: [partial.length, scaling ? 1 : 0, scaling?.growAfter ?? 0],
    floats: [maxNorm],
    workgroups: [1, 1],
  })
}

export function adamW(ctx: KernelContext, args: AdamWArgs): void {
  const { flatGroup: GROUP, packedVectors: BLOCK } = ctx.tuning
  const { beta1, beta2, eps, weightDecay } = args
  const [params, grads, m, v] = [args.params, args.grads, args.m, args.v] as GpuPacked[]
  const shadow = args.shadow as GpuPacked | undefined
  params!.segments.forEach((segment, i) => {
    const call = {
      name: 'adamw',
      source: adamwSource,
      constants: { GROUP, BLOCK, SHADOW: shadow !== undefined, ...stored({ Shadow: shadow?.segments[i] ?? null }) },
      bindings: [
        segment,
        grads!.segments[i]!,
        m!.segments[i]!,
        v!.segments[i]!,
        fixed(decayMask(params!, i, args.decays)),
        gpu(args.schedule),
        gpu(args.results),
        ...(shadow ? [shadow.segments[i]!] : []),
      ],
      integers: [],
      floats: [beta1, 1 - beta1, beta2, 1 - beta2, eps, weightDecay],
    }
    ctx.dispatch(flatCall(call, segment.length / 4 / BLOCK, GROUP))
  })
}

/** 1 for every block of a segment that belongs to a decaying tensor. */
function decayMask(params: GpuPacked, segment: number, decays: ReadonlySet<string>): Float32Array {
  const mask = new Float32Array(params.segments[segment]!.length / DECAY_BLOCK)
  for (const [name, pieces] of params.places) {
    if (!decays.has(name)) continue
    const { length, shape } = params.get(name)
    const width = length / shape[0]!
    for (const { segment: at, start, rows } of pieces) {
      const first = start / DECAY_BLOCK
      if (at === segment) mask.fill(1, first, first + Math.ceil((rows * width) / DECAY_BLOCK))
    }
  }
  return mask
}
