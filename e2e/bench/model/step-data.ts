import { parameterTable } from '@shared/model/parameters.ts'
import { configOf, type StepShape } from './shapes.ts'

/** Draws from 0 .. 1, by Mulberry32 (Tommy Ettinger, public domain): the same in every language that has 32-bit integers. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Box and Muller's first of two. */
const normal = (draw: () => number) => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())

export interface Weight {
  /** Hugging Face's name. */
  name: string
  shape: number[]
  decay: boolean
  data: Float32Array
}

/** Initial weights by seed 1337 in Hugging Face's order, linear layers (in, out); the same for every contender. */
export function initialWeights(shape: StepShape): Weight[] {
  const draw = mulberry32(1337)
  return parameterTable(configOf(shape), { kind: 'lm' }).map(({ name, shape: dims, decay, init }) => {
    const data = new Float32Array(dims.reduce((product, n) => product * n, 1))
    if (init.kind === 'ones') data.fill(1)
    if (init.kind === 'normal') for (let i = 0; i < data.length; i++) data[i] = init.std * normal(draw)
    return { name, shape: dims, decay, data }
  })
}

/** One batch by seed 7, the same at every step: the loss must fall, and must fall alike for all. */
export function fixedBatch({ batch, context, vocab }: StepShape): { inputIds: Int32Array; labels: Int32Array } {
  const draw = mulberry32(7)
  const inputIds = new Int32Array(batch * context)
  const labels = new Int32Array(batch * context)
  for (let b = 0; b < batch; b++) {
    const row = Array.from({ length: context + 1 }, () => Math.floor(draw() * vocab))
    inputIds.set(row.slice(0, -1), b * context)
    labels.set(row.slice(1), b * context)
  }
  return { inputIds, labels }
}

/** Numbers between -1 and 1. */
export function randomMatrix(length: number, seed: number): Float32Array {
  const draw = mulberry32(seed)
  return Float32Array.from({ length }, () => 2 * draw() - 1)
}
