import type { AdamWArgs, GradNormArgs } from '../../backend.ts'
import { at, type CpuContext } from '../context.ts'
import { ADAMW, CLIP_FACTOR, SUM_SQUARES } from '../kernels/ids.ts'
import type { CpuPacked } from '../memory.ts'

/** Numbers of one task: 64 KiB of each array. */
const CHUNK = 16384

export function gradNorm(ctx: CpuContext, { grads, maxNorm, results }: GradNormArgs): void {
  const { address, length } = grads as CpuPacked
  const tasks = Math.ceil(length / CHUNK)
  const partial = { length: tasks }
  ctx.command({ kernel: SUM_SQUARES, tasks, words: [address, length, CHUNK, partial] })
  ctx.command({ kernel: CLIP_FACTOR, tasks: 1, words: [partial, tasks, { f32: maxNorm }, at(results)] })
}

export function adamW(ctx: CpuContext, args: AdamWArgs): void {
  const { beta1, beta2, eps, weightDecay, schedule, results } = args
  const [params, grads, m, v] = [args.params, args.grads, args.m, args.v].map((p) => (p as CpuPacked).address)
  const ranges = decayRanges(args.params as CpuPacked, args.decays)
  const table = { length: 3 * ranges.length, data: Uint32Array.from(ranges.flat()) }
  const hyper = [beta1, 1 - beta1, beta2, 1 - beta2, eps, weightDecay].map((f32) => ({ f32 }))
  const words = [params!, grads!, m!, v!, table, at(schedule), at(results), ...hyper]
  ctx.command({ kernel: ADAMW, tasks: ranges.length, words })
}

type Range = [first: number, numbers: number, decays: 0 | 1]

/** The packed numbers in pieces of at most CHUNK, each all decaying or not at all; paddings go with the tensor before them. */
function decayRanges(params: CpuPacked, decays: ReadonlySet<string>): Range[] {
  const runs: Range[] = []
  const names = [...params.places.keys()]
  names.forEach((name, i) => {
    const first = params.places.get(name)!
    const next = names[i + 1]
    const end = next === undefined ? params.length : params.places.get(next)!
    const decay = decays.has(name) ? 1 : 0
    const last = runs.at(-1)
    if (last?.[2] === decay) last[1] += end - first
    else runs.push([first, end - first, decay])
  })
  return runs.flatMap(([first, numbers, decay]) =>
    Array.from({ length: Math.ceil(numbers / CHUNK) }, (_, i): Range => {
      const start = i * CHUNK
      return [first + start, Math.min(CHUNK, numbers - start), decay]
    }),
  )
}
