import { describe, expect, it } from 'vitest'
import { DEVICES } from '../../../../src-main/headless/testing/devices.ts'
import { noise, relativeError, useBench } from './bench.ts'
import { keepReference } from './dropout.reference.ts'
import { geluReference } from './gelu.reference.ts'

describe.each(DEVICES)('%s', (_, open) => {
  const bench = useBench(open)

  it('dropout keeps the same elements as the reference, about 1 - p of them, and adds the residual', async () => {
    const [length, p, stream, seed] = [10_001, 0.25, 7, 4_000_000_000]
    const [x, residual] = [noise(length, 1), noise(length, 2)]
    const got = await bench().run(
      {
        x: { shape: [length], data: x },
        residual: { shape: [length], data: residual },
        seed: { shape: [1], dtype: 'u32', data: [seed] },
        plain: { shape: [length] },
        added: { shape: [length] },
      },
      (ops, at) => {
        const drop = { p, stream, seed: at('seed'), x: at('x'), length }
        ops.dropout({ ...drop, out: at('plain') })
        ops.dropout({ ...drop, residual: at('residual'), out: at('added') })
      },
      ['plain', 'added'],
    )
    const want = x.map((v, i) => v * keepReference(i, { p, stream, seed }))
    expect(relativeError(got.plain, want)).toBeLessThan(1e-6)
    expect(
      relativeError(
        got.added,
        want.map((v, i) => v + residual[i]!),
      ),
    ).toBeLessThan(1e-6)
    const kept = got.plain.filter((v) => v !== 0).length / length
    // Four standard deviations of a share of 10,001.
    expect(Math.abs(kept - 0.75)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / length))
  })

  it.each([10_000, 10_003])('GELU of %i numbers', async (length) => {
    const x = noise(length, 1, 4)
    const { out } = await bench().run(
      { x: { shape: [length], data: x }, out: { shape: [length] } },
      (ops, at) => ops.gelu({ x: at('x'), out: at('out'), length }),
      ['out'],
    )
    expect(relativeError(out, Float64Array.from(x, geluReference))).toBeLessThan(1e-6)
  })

  it.each([
    [1, 1],
    [7, 36],
    [300, 25],
    [2000, 64],
    [3000, 1],
  ])('sum over %i rows of %i columns', async (rows, columns) => {
    const x = noise(rows * columns, 1)
    const { out, added } = await bench().run(
      {
        x: { shape: [rows, columns], data: x },
        out: { shape: [columns + 1] },
        added: { shape: [columns], data: new Float32Array(columns).fill(3) },
      },
      (ops, at) => {
        ops.columnSum({ x: at('x'), out: at('out'), outOffset: 1, rows, columns })
        ops.columnSum({ x: at('x'), out: at('added'), accumulate: true, rows, columns })
      },
      ['out', 'added'],
    )
    const want = new Float64Array(columns + 1)
    x.forEach((v, i) => (want[1 + (i % columns)]! += v))
    expect(relativeError(out, want)).toBeLessThan(2e-6)
    const more = want.subarray(1).map((v) => v + 3)
    expect(relativeError(added, more)).toBeLessThan(2e-6)
  })

  it.each([
    [3, 5, 36],
    [4, 1, 25],
  ])('picks one of %i x %i rows of %i, and puts gradients back', async (batch, seqLen, width) => {
    const index = Array.from({ length: batch }, (_x, b) => (b * 2 + 1) % seqLen)
    const [x, g] = [noise(batch * seqLen * width, 1), noise(batch * width, 2)]
    const got = await bench().run(
      {
        x: { shape: [batch, seqLen, width], data: x },
        g: { shape: [batch, width], data: g },
        index: { shape: [batch], dtype: 'u32', data: index },
        picked: { shape: [batch, width] },
        dx: { shape: [batch, seqLen, width], data: x },
      },
      (ops, at) => {
        ops.gatherRows({ x: at('x'), index: at('index'), out: at('picked'), batch, seqLen, width })
        ops.scatterRows({ x: at('dx'), index: at('index'), out: at('g'), batch, seqLen, width })
      },
      ['picked', 'dx'],
    )
    const dx = new Float32Array(x.length)
    index.forEach((t, b) => {
      const at = (b * seqLen + t) * width
      expect(got.picked.subarray(b * width, (b + 1) * width)).toEqual(x.subarray(at, at + width))
      dx.set(g.subarray(b * width, (b + 1) * width), at)
    })
    expect(got.dx).toEqual(dx)
  })

  it('fills every element, beyond one row of workgroups too', async () => {
    // More than 65,535 workgroups of the smaller group size.
    const length = 65_536 * 64 + 3
    const { out } = await bench().run(
      { out: { shape: [length] } },
      (ops, at) => ops.fill({ out: at('out'), value: -2.5 }),
      ['out'],
    )
    expect(out.length).toBe(length)
    expect(out.every((v) => v === -2.5)).toBe(true)
  })
})
