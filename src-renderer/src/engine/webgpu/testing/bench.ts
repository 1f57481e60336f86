import { afterAll, beforeAll, expect } from 'vitest'
import type { Backend, Ops, Tensor } from '../../backend.ts'
import { tuningFor } from '../tuning.ts'
import { openWebGpu } from '../webgpu-backend.ts'

/** The kernels as they run on a software adapter and on a graphics card; either set runs on either. */
export const TUNINGS = [
  ['software', tuningFor(true)],
  ['hardware', tuningFor(false)],
] as const

type Given = { shape: readonly number[]; data?: ArrayLike<number>; dtype?: 'f32' | 'u32' | 'i32' }

export class Bench {
  private constructor(readonly backend: Backend) {}

  static async open(tuning = tuningFor(true)): Promise<Bench> {
    return new Bench(await openWebGpu(tuning))
  }

  /** Allocates tensors, runs what `build` records once, and returns the f32 tensors asked for. */
  async run<K extends string>(
    given: Record<string, Given>,
    build: (ops: Ops, at: (name: string) => Tensor) => void,
    wanted: readonly K[],
  ): Promise<Record<K, Float32Array>> {
    const { backend } = this
    const specs = Object.entries(given).map(
      ([name, { shape, dtype }]) => ({ name, shape, dtype: dtype ?? 'f32' }) as const,
    )
    const tensors = await backend.allocate('workspace', specs)
    const program = await backend.record('test', (ops) => build(ops, (name) => tensors.get(name)))
    for (const [name, { data, dtype }] of Object.entries(given))
      if (data) backend.write(tensors.get(name), typed(data, dtype))
    backend.run(program)
    const out = {} as Record<K, Float32Array>
    for (const name of wanted) out[name] = await backend.read(tensors.get(name))
    program.free()
    tensors.free()
    return out
  }
}

/** One device for the tests of a `describe`. */
export function useBench(tuning?: Parameters<typeof Bench.open>[0]): () => Bench {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.open(tuning)
  })
  afterAll(() => bench.backend.destroy())
  return () => bench
}

function typed(data: ArrayLike<number>, dtype: Given['dtype'] = 'f32') {
  return dtype === 'u32' ? Uint32Array.from(data) : dtype === 'i32' ? Int32Array.from(data) : Float32Array.from(data)
}

/** Numbers like those of a normal distribution, exact in f32; the same for the same seed. */
export function noise(length: number, seed: number, scale = 1): Float32Array {
  let state = seed * 2654435761 + 1
  const uniform = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
  // The sum of 4 uniforms is close enough, and bounded.
  return Float32Array.from({ length }, () => (uniform() + uniform() + uniform() + uniform() - 2) * 1.7 * scale)
}

/** Largest difference over the largest expected value; `scale` where that value is by nature near zero. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>, scale = 0): number {
  expect(actual.length).toBe(expected.length)
  let largest = 0
  let size = scale
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!)
    if (!(difference <= largest)) largest = difference // also when it is not a number
    size = Math.max(size, Math.abs(expected[i]!))
  }
  return size === 0 ? largest : largest / size
}

/** Central differences of a scalar function at x, each coordinate in turn. */
export function finiteDifferences(f: (x: Float64Array) => number, x: Float64Array, h = 1e-5): Float64Array {
  return x.map((value, i) => {
    const at = (delta: number) => {
      const moved = x.slice()
      moved[i] = value + delta
      return f(moved)
    }
    return (at(h) - at(-h)) / (2 * h)
  })
}
