import { describe, expect, it } from 'vitest'
import { DEVICES, shareWebGpu } from '../../../../src-main/headless/testing/devices.ts'
import type { MatmulArgs, Tensor } from '../backend.ts'
import { shapeClasses } from '../webgpu/autotune/candidates.ts'
import { tileName, tuningFor } from '../webgpu/tuning.ts'
import { noise, relativeError, useBench, type Bench } from './bench.ts'
import { geluDerivativeReference, geluReference } from './gelu.reference.ts'
import { matmulReference } from './matmul.reference.ts'

/** Rounding of a dot product of k terms, relative to the largest result. */
const tolerance = (k: number) => 4 * Math.sqrt(k) * 2 ** -24

type Layout = MatmulArgs['layout']
type Size = readonly [m: number, n: number, k: number]

async function expectProduct(bench: Bench, layout: Layout, [m, n, k]: Size): Promise<void> {
  const [a, b] = [noise(m * k, 1), noise(k * n, 2)]
  const { out } = await bench.run(
    { a: { shape: [m * k], data: a }, b: { shape: [k * n], data: b }, out: { shape: [m, n] } },
    (ops, at) => ops.matmul({ layout, a: at('a'), b: at('b'), out: at('out'), m, n, k }),
    ['out'],
  )
  expect(relativeError(out, matmulReference(layout, a, b, { m, n, k }))).toBeLessThan(tolerance(k))
}

const SIZES = [
  // vec4: one row, two rows, small tiles, large tiles, ragged edges
  [1, 384, 128],
  [9, 12, 20],
  [64, 192, 64],
  [131, 100, 36],
  // scalar: odd in one size or in all
  [1, 53, 11],
  [2, 53, 150],
  [33, 17, 50],
  [70, 66, 45],
] as const
const LAYOUTS = ['nn', 'nt', 'tn'] as const
/** Rows from which WebGPU takes a large tile, whose kernel compiles for seconds on a software adapter. */
const LARGE = 64
/** Layouts of a size: of large tiles 'nn' is left out on WebGPU, for it reads A as 'nt' does, and B as 'tn' does. */
const layoutsOf = (name: string, m: number) => (name.startsWith('WebGPU') && m >= LARGE ? LAYOUTS.slice(1) : LAYOUTS)

const ALL_SOFTWARE = 'WebGPU, every kernel for software'
/** Kernels that only larger products pay for, at these sizes. */
const whatever = { ...tuningFor(true), tinyProduct: 2 ** 17, largeProduct: 0 }
const MATMUL_DEVICES: typeof DEVICES = [[ALL_SOFTWARE, () => shareWebGpu(whatever)], ...DEVICES.slice(1)]

describe.each(MATMUL_DEVICES)('matmul, %s', (name, open) => {
  const bench = useBench(open)

  it.each(SIZES.flatMap((size) => layoutsOf(name, size[0]).map((layout) => [layout, ...size] as const)))(
    '%s of %i x %i over %i',
    (layout, ...size) => expectProduct(bench(), layout, size),
  )

  it.each([
    [8, 12, 7],
    [20, 68, 33],
    [5, 11, 6],
    // long k, which a graphics card's kernels cut into parts
    [40, 36, 300],
    [37, 35, 260],
  ])('sums the columns of B on the way: %i x %i over %i', async (m, n, k) => {
    const [a, b] = [noise(m * k, 1), noise(k * n, 2)]
    const { out, sums } = await bench().run(
      { a: { shape: [k, m], data: a }, b: { shape: [k, n], data: b }, out: { shape: [m, n] }, sums: { shape: [n] } },
      (ops, at) =>
        ops.matmul({ layout: 'tn', a: at('a'), b: at('b'), out: at('out'), m, n, k, columnSums: at('sums') }),
      ['out', 'sums'],
    )
    const expected = new Float64Array(n)
    b.forEach((v, i) => (expected[i % n]! += v))
    expect(relativeError(sums, expected)).toBeLessThan(1e-6)
    expect(relativeError(out, matmulReference('tn', a, b, { m, n, k }))).toBeLessThan(tolerance(k))
    // The large tiles of software end as the small one does, and compile for seconds more.
    if (name === ALL_SOFTWARE && k > 100) return
    const added = await bench().run(
      {
        a: { shape: [k, m], data: a },
        b: { shape: [k, n], data: b },
        out: { shape: [m, n], data: out },
        sums: { shape: [n], data: sums },
      },
      (ops, at) => {
        const columnSums = at('sums')
        ops.matmul({ layout: 'tn', a: at('a'), b: at('b'), out: at('out'), m, n, k, columnSums, accumulate: true })
      },
      ['out', 'sums'],
    )
    const double = (values: Float32Array) => values.map((v) => 2 * v)
    expect(relativeError(added.sums, double(sums))).toBeLessThan(1e-6)
    expect(relativeError(added.out, double(out))).toBeLessThan(1e-6)
  })

  type Extra = (at: (name: string) => Tensor) => Partial<MatmulArgs>
  const product = matmulReference('nn', noise(20 * 12, 1), noise(12 * 8, 2), { m: 20, n: 8, k: 12 })
  const bias = noise(8, 3)
  const same = noise(160, 4)
  const withBias = product.map((x, i) => x + bias[i % 8]!)
  const epilogues: [string, Extra, Float64Array][] = [
    ['bias', (at) => ({ bias: at('bias') }), withBias],
    ['residual', (at) => ({ bias: at('bias'), residual: at('same') }), withBias.map((x, i) => x + same[i]!)],
    ['a scale', (at) => ({ scale: 0.5, bias: at('bias') }), product.map((x, i) => 0.5 * x + bias[i % 8]!)],
    ['accumulate', () => ({ accumulate: true }), product.map((x) => x + 1)],
    ['GELU', (at) => ({ bias: at('bias'), gelu: {} }), withBias.map(geluReference)],
    [
      'accumulate before GELU',
      (at) => ({ accumulate: true, bias: at('bias'), gelu: {} }),
      withBias.map((x) => geluReference(x + 1)),
    ],
    [
      'accumulate before GELU backward',
      (at) => ({ accumulate: true, geluBackward: at('same') }),
      product.map((x, i) => (x + 1) * geluDerivativeReference(same[i]!)),
    ],
    [
      'GELU backward',
      (at) => ({ geluBackward: at('same') }),
      product.map((x, i) => x * geluDerivativeReference(same[i]!)),
    ],
  ]

  it.each(epilogues)('with %s', async (_name, extra, expected) => {
    const { out } = await bench().run(
      {
        a: { shape: [20, 12], data: noise(20 * 12, 1) },
        b: { shape: [12, 8], data: noise(12 * 8, 2) },
        bias: { shape: [8], data: bias },
        same: { shape: [20, 8], data: same },
        out: { shape: [20, 8], data: new Float32Array(160).fill(1) },
      },
      (ops, at) =>
        ops.matmul({ layout: 'nn', a: at('a'), b: at('b'), out: at('out'), m: 20, n: 8, k: 12, ...extra(at) }),
      ['out'],
    )
    expect(relativeError(out, expected)).toBeLessThan(1e-6)
  })

  it.each([
    ['nn', 2, 12, 20],
    ['nt', 1, 7, 9],
  ] as const)('scales products of few rows: %s of %i x %i over %i', async (layout, m, n, k) => {
    const [a, b, bias] = [noise(m * k, 1), noise(k * n, 2), noise(n, 3)]
    const { out } = await bench().run(
      {
        a: { shape: [m * k], data: a },
        b: { shape: [k * n], data: b },
        bias: { shape: [n], data: bias },
        out: { shape: [m, n] },
      },
      (ops, at) => ops.matmul({ layout, a: at('a'), b: at('b'), bias: at('bias'), out: at('out'), m, n, k, scale: -3 }),
      ['out'],
    )
    const want = matmulReference(layout, a, b, { m, n, k }).map((x, i) => bias[i % n]! - 3 * x)
    expect(relativeError(out, want)).toBeLessThan(1e-6)
  })

  it('keeps what goes into GELU, also far from zero', async () => {
    const x = [-1e4, -200, -30, -6, -1, -1e-3, 0, 1e-3, 1, 6, 30, 1e4]
    const { pre, out } = await bench().run(
      { a: { shape: [12, 1], data: x }, b: { shape: [1], data: [1] }, pre: { shape: [12] }, out: { shape: [12] } },
      (ops, at) =>
        ops.matmul({
          layout: 'nn',
          a: at('a'),
          b: at('b'),
          out: at('out'),
          m: 12,
          n: 1,
          k: 1,
          gelu: { pre: at('pre') },
        }),
      ['pre', 'out'],
    )
    expect(pre).toEqual(Float32Array.from(x))
    const expected = x.map(geluReference)
    out.forEach((y, i) => expect(Math.abs(y - expected[i]!)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(x[i]!))))
  })

  // As the head uses them: logits of 17 classes in rows of 20, 3 rows starting at row 2 of 7.
  const [rows, first, n, stride, k] = [3, 2, 17, 20, 8]
  const hidden = noise(7 * k, 5)
  const weight = noise(n * k, 6)
  const part = hidden.subarray(first * k, (first + rows) * k)
  const logits = matmulReference('nt', part, weight, { m: rows, n, k })
  const padded = new Float32Array(rows * stride)
  for (let r = 0; r < rows; r++) padded.set(logits.subarray(r * n, (r + 1) * n), r * stride)
  const unpad = (data: Float32Array) => Array.from(logits, (_x, i) => data[Math.floor(i / n) * stride + (i % n)]!)

  it('writes rows further apart than they are long', async () => {
    const { out } = await bench().run(
      { h: { shape: [7, k], data: hidden }, w: { shape: [n, k], data: weight }, out: { shape: [rows, stride] } },
      (ops, at) =>
        ops.matmul({
          layout: 'nt',
          a: at('h'),
          aOffset: first * k,
          b: at('w'),
          out: at('out'),
          ldc: stride,
          m: rows,
          n,
          k,
        }),
      ['out'],
    )
    expect(relativeError(unpad(out), logits)).toBeLessThan(1e-6)
  })

  it('reads such rows, at offsets', async () => {
    const { dh, dw } = await bench().run(
      {
        g: { shape: [rows, stride], data: padded },
        w: { shape: [n, k], data: weight },
        h: { shape: [7, k], data: hidden },
        // The rows before and after are left as they are.
        dh: { shape: [7, k], data: new Float64Array(7 * k) },
        dw: { shape: [n, k] },
      },
      (ops, at) => {
        const g = { a: at('g'), lda: stride }
        ops.matmul({ layout: 'nn', ...g, b: at('w'), out: at('dh'), outOffset: first * k, m: rows, n: k, k: n })
        ops.matmul({ layout: 'tn', ...g, b: at('h'), bOffset: first * k, out: at('dw'), m: n, n: k, k: rows })
      },
      ['dh', 'dw'],
    )
    const expected = new Float64Array(7 * k)
    expected.set(matmulReference('nn', logits, weight, { m: rows, n: k, k: n }), first * k)
    expect(relativeError(dh, expected)).toBeLessThan(1e-6)
    expect(relativeError(dw, matmulReference('tn', logits, part, { m: n, n: k, k: rows }))).toBeLessThan(1e-6)
  })
})

/** What WebGPU promises everywhere of threads, and twice its 16 KiB of workgroup memory: the largest tiles need more than that. */
const CARD = { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: 32_768 }
const TILES = new Map(shapeClasses(CARD).flatMap(({ tiles }) => tiles.map((tile) => [tileName(tile), tile])))

/** Every tile that a card's tuner may choose: products larger than it is, with edges. */
describe.each([...TILES])('matmul, tile %s', (_, tile) => {
  const bench = useBench(() =>
    shareWebGpu({ ...tuningFor(false), tile, largeProduct: 0, smallTiles: [], tinyProduct: 0 }),
  )
  it.each(['nt', 'tn'] as const)('%s of 131 x 132 over 36', (layout) => expectProduct(bench(), layout, [131, 132, 36]))
})
