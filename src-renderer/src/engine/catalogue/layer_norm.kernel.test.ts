import { describe, expect, it } from 'vitest'
import { DEVICES } from '../../../../src-main/headless/testing/devices.ts'
import { finiteDifferences, noise, relativeError, useBench } from './bench.ts'
import { layerNormBackwardReference, layerNormReference } from './layer_norm.reference.ts'

describe('the reference', () => {
  it('agrees with finite differences', () => {
    const norm = { rows: 2, width: 5, eps: 1e-5 }
    const x = Float64Array.from(noise(10, 1))
    const weight = Float64Array.from(noise(5, 2))
    const bias = Float64Array.from(noise(5, 3))
    const dout = noise(10, 4)
    const loss = (out: Float64Array) => out.reduce((sum, y, i) => sum + y * dout[i]!, 0)
    const { dx, dweight, dbias } = layerNormBackwardReference(dout, x, weight, norm)
    const of = (x: Float64Array, weight: Float64Array, bias: Float64Array) =>
      loss(layerNormReference(x, weight, bias, norm).out)
    expect(
      relativeError(
        dx,
        finiteDifferences((v) => of(v, weight, bias), x),
      ),
    ).toBeLessThan(1e-8)
    expect(
      relativeError(
        dweight,
        finiteDifferences((v) => of(x, v, bias), weight),
      ),
    ).toBeLessThan(1e-8)
    expect(
      relativeError(
        dbias,
        finiteDifferences((v) => of(x, weight, v), bias),
      ),
    ).toBeLessThan(1e-8)
  })
})

describe.each(DEVICES)('layer norm, %s', (_, open) => {
  const bench = useBench(open)

  it.each([
    [1, 1],
    [1, 4],
    [17, 36],
    [40, 25],
    [300, 64],
  ])('%i rows of %i', async (rows, width) => {
    const norm = { rows, width, eps: 1e-5 }
    // A mean well away from zero is where one-pass variances go wrong.
    const x = noise(rows * width, 1).map((v) => v + 3)
    const [weight, bias, dout] = [noise(width, 2), noise(width, 3), noise(rows * width, 4)]
    const before = noise(rows * width, 5)
    const got = await bench().run(
      {
        x: { shape: [rows, width], data: x },
        weight: { shape: [width], data: weight },
        bias: { shape: [width], data: bias },
        dout: { shape: [rows, width], data: dout },
        out: { shape: [rows, width] },
        stats: { shape: [rows, 2] },
        dx: { shape: [rows, width] },
        added: { shape: [rows, width], data: before },
        dweight: { shape: [width], data: noise(width, 6) },
        dbias: { shape: [width], data: noise(width, 7) },
        twice: { shape: [2, width] },
        alone: { shape: [rows, width], data: before },
      },
      (ops, at) => {
        const common = { x: at('x'), weight: at('weight'), stats: at('stats'), rows }
        ops.layerNorm({ ...common, bias: at('bias'), out: at('out'), eps: norm.eps })
        const grads = { ...common, dout: at('dout') }
        const params = { dweight: at('dweight'), dbias: at('dbias') }
        ops.layerNormBackward({ ...grads, params, dx: at('dx'), accumulate: false })
        ops.columnSum({ x: at('dweight'), out: at('twice'), rows: 1, columns: width })
        ops.columnSum({ x: at('dbias'), out: at('twice'), outOffset: width, rows: 1, columns: width })
        ops.layerNormBackward({ ...grads, params: { ...params, accumulate: true }, dx: at('added'), accumulate: true })
        ops.layerNormBackward({ ...grads, dx: at('alone'), accumulate: true })
      },
      ['out', 'stats', 'dx', 'added', 'alone', 'dweight', 'dbias', 'twice'],
    )
    const forward = layerNormReference(x, weight, bias, norm)
    expect(relativeError(got.out, forward.out)).toBeLessThan(4e-6)
    expect(relativeError(got.stats, forward.stats)).toBeLessThan(4e-6)
    const backward = layerNormBackwardReference(dout, x, weight, norm)
    expect(relativeError(got.dx, backward.dx, 1)).toBeLessThan(1e-5)
    expect(
      relativeError(
        got.added,
        backward.dx.map((d, i) => d + before[i]!),
      ),
    ).toBeLessThan(1e-5)
    expect(got.alone).toEqual(got.added)
    expect(relativeError(got.twice.subarray(0, width), backward.dweight, 1)).toBeLessThan(1e-5)
    expect(relativeError(got.twice.subarray(width), backward.dbias)).toBeLessThan(1e-5)
    const double = (values: Float64Array) => values.map((v) => 2 * v)
    expect(relativeError(got.dweight, double(backward.dweight), 1)).toBeLessThan(1e-5)
    expect(relativeError(got.dbias, double(backward.dbias))).toBeLessThan(1e-5)
  })
})
