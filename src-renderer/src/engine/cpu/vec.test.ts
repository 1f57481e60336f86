import { beforeAll, describe, expect, it } from 'vitest'
import { allowRelaxedSimd } from '../../../../src-main/headless/cpu-node.ts'

const BUILDS = {
  relaxed: () => import('virtual:cpu-kernels/relaxed/vec.probe'),
  simd: () => import('virtual:cpu-kernels/simd/vec.probe'),
}
type Apply = (x: number, count: number) => void
/** Anywhere that the module itself doesn't use. */
const ADDRESS = 65536
const COUNT = 400_000

describe.each(['relaxed', 'simd'] as const)('functions of four numbers at once, %s', (build) => {
  let memory: WebAssembly.Memory
  let probe: Record<'expRange' | 'tanhRange', Apply>
  beforeAll(async () => {
    allowRelaxedSimd()
    memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true })
    const bytes = Buffer.from((await BUILDS[build]()).default, 'base64')
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } })
    probe = instance.exports as typeof probe
  })

  function apply(name: keyof typeof probe, x: Float32Array): Float32Array {
    const there = new Float32Array(memory.buffer, ADDRESS, x.length)
    there.set(x)
    probe[name](ADDRESS, x.length)
    return there.slice()
  }
  const spread = (from: number, to: number) =>
    Float32Array.from({ length: COUNT }, (_, i) => from + ((to - from) * i) / (COUNT - 1))
  /** From the smallest number that matters to the largest, as many to each power of ten, of both signs. */
  const everySize = (largest: number) =>
    Float32Array.from({ length: COUNT }, (_, i) => (i % 2 ? -1 : 1) * largest * 10 ** ((-30 * i) / COUNT))

  it('e^x is within 2e-7 of itself over the range that it has', () => {
    for (const x of [spread(-87, 88), everySize(87)]) {
      expect(worst(x, apply('expRange', x), (v) => Math.exp(v), Math.exp)).toBeLessThan(2e-7)
    }
  })

  it('tanh x is within 4e-7, however small or large x is', () => {
    for (const x of [spread(-12, 12), everySize(1e30)]) {
      expect(worst(x, apply('tanhRange', x), Math.tanh, () => 1)).toBeLessThan(4e-7)
    }
  })

  it('beyond its range e^x stays finite and positive, and what is no number stays none', () => {
    const x = Float32Array.of(-Infinity, -1e30, -87.5, -87, 88, 88.5, 1e30, Infinity)
    const [low, high] = [Math.exp(-87), Math.exp(88)]
    apply('expRange', x).forEach((y, i) => expect(y / (i < 4 ? low : high)).toBeCloseTo(1, 6))
    expect(apply('expRange', Float32Array.of(NaN, 0, NaN, 0))).toEqual(Float32Array.of(NaN, 1, NaN, 1))
    expect(apply('tanhRange', Float32Array.of(NaN, 0, NaN, 0))).toEqual(Float32Array.of(NaN, 0, NaN, 0))
  })
})

/** Largest difference from f, as a share of `scale` at the same place; not a number counts as infinite. */
function worst(x: Float32Array, y: Float32Array, f: (x: number) => number, scale: (x: number) => number): number {
  let most = 0
  for (let i = 0; i < x.length; i++) {
    const error = Math.abs(y[i]! - f(x[i]!)) / scale(x[i]!)
    if (!(error <= most)) most = Number.isNaN(error) ? Infinity : error
  }
  return most
}
