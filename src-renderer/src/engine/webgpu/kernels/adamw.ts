import type { AdamWArgs, GradNormArgs } from '../../backend.ts'
import { fixed, flatGrid, gpu, scratch, type KernelContext } from '../kernel.ts'
import { PACK_ALIGNMENT, type GpuPacked } from '../memory.ts'
import adamwSource from './adamw.wgsl?raw'
import clipSource from './clip_factor.wgsl?raw'
import squaresSource from './sum_squares.wgsl?raw'

/** Partial sums that the one thread of clip_factor adds up. */
const MOST_PARTIALS = 1024
/** Parameters that share one entry of the decay mask. */
const DECAY_BLOCK = PACK_ALIGNMENT / 4

export function gradNorm(ctx: KernelContext, { grads, maxNorm, results }: GradNormArgs): void {
  const GROUP = ctx.tuning.flatGroup
  const { segments } = grads as GpuPacked
  const threads = Math.min(ctx.tuning.threads, MOST_PARTIALS)
  const partial = scratch(threads * segments.length)
  segments.forEach((segment, i) =>
    ctx.dispatch({
      name: 'sum_squares',
      source: squaresSource,
      constants: { GROUP },
      bindings: [segment, partial],
      integers: [segment.length / 4, threads, i * threads],
      workgroups: flatGrid(threads, GROUP),
    }),
  )
  ctx.dispatch({
    name: 'clip_factor',
    source: clipSource,
    bindings: [partial, gpu(results)],
    integers: [partial.length],
    floats: [maxNorm],
    workgroups: [1, 1],
  })
}

export function adamW(ctx: KernelContext, args: AdamWArgs): void {
  const GROUP = ctx.tuning.flatGroup
  const { beta1, beta2, eps, weightDecay } = args
  const [params, grads, m, v] = [args.params, args.grads, args.m, args.v] as GpuPacked[]
  params!.segments.forEach((segment, i) =>
    ctx.dispatch({
      name: 'adamw',
      source: adamwSource,
      constants: { GROUP },
      bindings: [
        segment,
        grads!.segments[i]!,
        m!.segments[i]!,
        v!.segments[i]!,
        fixed(decayMask(params!, i, args.decays)),
        gpu(args.schedule),
        gpu(args.results),
      ],
      integers: [segment.length / 4],
      floats: [beta1, 1 - beta1, beta2, 1 - beta2, eps, weightDecay],
      workgroups: flatGrid(segment.length / 4, GROUP),
    }),
  )
}

/** 1 for every block of a segment that belongs to a decaying tensor. */
function decayMask(params: GpuPacked, segment: number, decays: ReadonlySet<string>): Float32Array {
  const mask = new Float32Array(params.segments[segment]!.length / DECAY_BLOCK)
  for (const [name, place] of params.places) {
    if (place.segment !== segment || !decays.has(name)) continue
    const first = place.start / DECAY_BLOCK
    mask.fill(1, first, first + Math.ceil(params.get(name).length / DECAY_BLOCK))
  }
  return mask
}
