import { describe, expect, it } from 'vitest'
import { DEVICES, shareWebGpu } from '../../../../src-main/headless/testing/devices.ts'
import { tuningFor } from '../webgpu/tuning.ts'
import { finiteDifferences, noise, relativeError, useBench, type Bench } from './bench.ts'
import { attentionBackwardReference, attentionReference } from './attention.reference.ts'
import { keepReference } from './dropout.reference.ts'

describe('the reference', () => {
  it.each([undefined, (element: number) => (element % 3 ? 1.5 : 0)])('agrees with finite differences', (keep) => {
    const shape = { batch: 1, seqLen: 4, heads: 2, headSize: 3, keep }
    const qkv = Float64Array.from(noise(4 * 18, 1))
    const dout = noise(4 * 6, 2)
    const loss = (x: Float64Array) => attentionReference(x, shape).out.reduce((sum, y, i) => sum + y * dout[i]!, 0)
    expect(relativeError(attentionBackwardReference(qkv, dout, shape), finiteDifferences(loss, qkv))).toBeLessThan(1e-8)
  })
})

type Size = [batch: number, seqLen: number, heads: number, headSize: number]
/** Every remainder of the head's size by 4; 11, 8 and 260 below too, whose kernels are the same. */
const SIZES: Size[] = [
  [1, 1, 1, 4],
  [2, 5, 3, 1],
  [2, 17, 2, 11],
  [1, 33, 2, 10],
  [1, 9, 1, 9],
  [2, 37, 2, 8],
  [1, 7, 1, 260],
  [1, 5, 2, 301],
]
/** Heads that a software adapter compiles for seconds: the larger for a graphics card, whose threads then own fewer rows, the other for software. */
const LARGE_ON: Record<string, Size> = {
  'WebGPU, kernels for software': [2, 37, 2, 32],
  'WebGPU, kernels for graphics cards': [1, 20, 1, 64],
}
/** On a processor, all. */
const LARGE: Size[] = [...Object.values(LARGE_ON), [1, 33, 2, 18], [1, 9, 1, 25]]

async function checkOn(bench: Bench, [batch, seqLen, heads, headSize]: Size, p: number, scale = 1) {
  const C = heads * headSize
  const M = batch * seqLen
  const qkv = noise(M * 3 * C, 1, scale)
  const dout = noise(M * C, 2)
  const seed = 99
  const got = await bench.run(
    {
      qkv: { shape: [M, 3 * C], data: qkv },
      dout: { shape: [M, C], data: dout },
      out: { shape: [M, C] },
      lse: { shape: [batch, heads, seqLen] },
      delta: { shape: [batch, heads, seqLen] },
      dqkv: { shape: [M, 3 * C] },
      seed: { shape: [1], dtype: 'u32', data: [seed] },
    },
    (ops, at) => {
      const dropout = p > 0 ? { p, stream: 5, seed: at('seed') } : undefined
      const common = { qkv: at('qkv'), out: at('out'), lse: at('lse'), batch, seqLen, heads, headSize, dropout }
      ops.attention(common)
      ops.attentionBackward({ ...common, dout: at('dout'), delta: at('delta'), dqkv: at('dqkv') })
    },
    ['out', 'lse', 'dqkv'],
  )
  const keep = p > 0 ? (element: number) => keepReference(element, { p, stream: 5, seed }) : undefined
  const shape = { batch, seqLen, heads, headSize, keep }
  const forward = attentionReference(qkv, shape)
  expect(relativeError(got.out, forward.out)).toBeLessThan(4e-6)
  expect(relativeError(got.lse, forward.lse, 1)).toBeLessThan(4e-6)
  expect(relativeError(got.dqkv, attentionBackwardReference(qkv, dout, shape))).toBeLessThan(3e-5)
}

describe.each(DEVICES)('attention, %s', (name, open) => {
  const bench = useBench(open)
  const check = (size: Size, p: number, scale?: number) => checkOn(bench(), size, p, scale)

  const large = LARGE_ON[name]
  it.each([...SIZES, ...(large ? [large] : LARGE)])('%i x %i positions, %i heads of %i', (...size) => check(size, 0))
  it('drops weights the same way forward and backward', () => check([2, 17, 2, 11], 0.3))
  it('drops in wide heads too', () => check([1, 7, 1, 260], 0.3))
  it('stays finite with large scores', () => check([1, 9, 1, 8], 0, 12))

  it.each([
    [2, 8, 4],
    [3, 11, 1],
    [2, 260, 1],
  ])('over a cache: %i heads of %i, %i rows', async (heads, headSize, rows) => {
    const C = heads * headSize
    const [positions, before] = [9, 4]
    const qkv = noise(positions * 3 * C, 1)
    const cache = new Float32Array(positions * 2 * C)
    for (let t = 0; t < before; t++) cache.set(qkv.subarray(t * 3 * C + C, (t + 1) * 3 * C), t * 2 * C)
    const fresh = qkv.subarray(before * 3 * C, (before + rows) * 3 * C)
    const got = await bench().run(
      {
        qkv: { shape: [rows, 3 * C], data: fresh },
        cache: { shape: [positions, 2 * C], data: cache },
        cursor: { shape: [2], dtype: 'u32', data: [before, rows] },
        out: { shape: [rows, C] },
      },
      (ops, at) => {
        const common = { qkv: at('qkv'), cache: at('cache'), cursor: at('cursor'), rows }
        ops.appendKv({ ...common, width: C })
        ops.cachedAttention({ ...common, out: at('out'), heads, headSize })
      },
      ['out', 'cache'],
    )
    const { out } = attentionReference(qkv, { batch: 1, seqLen: before + rows, heads, headSize })
    expect(relativeError(got.out, out.subarray(before * C))).toBeLessThan(4e-6)
    const appended = got.cache.subarray(before * 2 * C, before * 2 * C + 2 * C)
    expect(appended).toEqual(fresh.subarray(C, 3 * C))
    expect(got.cache.subarray((before + rows) * 2 * C).every((x) => x === 0)).toBe(true)
  })
})

/** On a card, heads of 18 to 32 leave a thread two rows: the same kernels with a smaller head, which compiles quickly. */
describe.each([12, 16])('attention with %i vectors a thread', (attentionVectors) => {
  const bench = useBench(() => shareWebGpu({ ...tuningFor(false), attentionVectors }))
  it.each<Size>([
    [2, 37, 2, 8],
    [1, 33, 2, 7],
  ])('%i x %i positions, %i heads of %i', (...size) => checkOn(bench(), size, 0))
})
