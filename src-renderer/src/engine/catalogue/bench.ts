import { afterAll, beforeAll, expect } from 'vitest'
import type { Backend, Ops, Tensor } from '../backend.ts'
import { cutFinely } from './cut-finely.ts'

type Given = { shape: readonly number[]; data?: ArrayLike<number>; dtype?: 'f32' | 'u32' | 'i32' | 'f16' }

export class Bench {
  private constructor(readonly backend: Backend) {}

  static async open(device: () => Promise<Backend>): Promise<Bench> {
    return new Bench(await device())
  }

  /**
   * Allocates tensors, runs what `build` records once, and returns the f32 or f16 tensors asked for. Where dispatches can be cut, it is done
   * once more with all of them cut, and must give the same bits.
   */
  async run<K extends string>(
    given: Record<string, Given>,
    build: (ops: Ops, at: (name: string) => Tensor) => void,
    wanted: readonly K[],
  ): Promise<Record<K, Float32Array>> {
    const out = await this.once(given, build, wanted)
    await cutFinely(this.backend, async () => {
      const again = await this.once(given, build, wanted)
      for (const name of wanted) expect(differentBits(again[name], out[name]), `bits of ${name} when cut`).toBe(0)
    })
    return out
  }

  private async once<K extends string>(
    given: Record<string, Given>,
    build: (ops: Ops, at: (name: string) => Tensor) => void,
    wanted: readonly K[],
  ): Promise<Record<K, Float32Array>> {
    const { backend } = this
    const specs = Object.entries(given).map(
      ([name, { shape, dtype }]) => ({ name, shape, dtype: dtype ?? 'f32' }) as const,
    )
    const halves = specs.filter(({ dtype }) => dtype === 'f16')
    const wide = halves.map(({ name, shape }) => ({ name: inWide(name), shape }))
    const tensors = await backend.allocate('workspace', [...specs, ...wide])
    const at = (name: string) => tensors.get(name)
    const program = await backend.record('test', (ops) => {
      for (const { name } of halves) ops.cast({ x: at(inWide(name)), out: at(name), length: at(name).length })
      build(ops, at)
      for (const { name } of halves) ops.cast({ x: at(name), out: at(inWide(name)), length: at(name).length })
    })
    const host = (name: string) => at(given[name]!.dtype === 'f16' ? inWide(name) : name)
    for (const [name, { data, dtype }] of Object.entries(given)) {
      // What no one gave is poisoned: an operation has to write all of it, and to read none of it.
      backend.write(host(name), typed(data ?? new Float64Array(at(name).length).fill(POISON[dtype ?? 'f32']), dtype))
    }
    backend.run(program)
    const out = {} as Record<K, Float32Array>
    for (const name of wanted) out[name] = await backend.read(host(name))
    program.free()
    tensors.free()
    return out
  }
}

const POISON = { f32: NaN, f16: NaN, u32: 0xdeadbeef, i32: -0x21524111 }

/** How many elements differ in any bit. */
function differentBits(a: Float32Array, b: Float32Array): number {
  const bits = (x: Float32Array) => new Uint32Array(x.buffer, x.byteOffset, x.length)
  const [x, y] = [bits(a), bits(b)]
  let count = Math.abs(x.length - y.length)
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) count++
  return count
}

/** The f32 tensor through which the host writes and reads an f16 one. */
const inWide = (name: string) => `${name} in f32`

/** One device for the tests of a `describe`. */
export function useBench(open: () => Promise<Backend>): () => Bench {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.open(open)
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

/** The nearest 16-bit floats. */
export function roundToHalf(x: ArrayLike<number>): Float32Array {
  return Float32Array.from(x, (v) => {
    const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(v)))) - 10)
    const steps = Math.round(v / step)
    return (Math.abs(steps - v / step) === 0.5 && steps % 2 !== 0 ? steps - 1 : steps) * step
  })
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
