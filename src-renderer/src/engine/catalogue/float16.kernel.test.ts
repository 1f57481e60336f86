import { describe, expect, it } from 'vitest'
import { openFloat16, whyNoFloat16 } from '../../../../src-main/headless/testing/deno/deno.ts'
import type { MatmulArgs, Tensor } from '../backend.ts'
import { tiled, tuningFor } from '../webgpu/tuning.ts'
import { adamWReference } from './adamw.reference.ts'
import { attentionBackwardReference, attentionReference } from './attention.reference.ts'
import { noise, relativeError, roundToHalf, useBench } from './bench.ts'
import { crossEntropyReference } from './cross_entropy.reference.ts'
import { keepReference } from './dropout.reference.ts'
import { geluDerivativeReference, geluReference } from './gelu.reference.ts'
import { layerNormBackwardReference, layerNormReference } from './layer_norm.reference.ts'
import { matmulReference } from './matmul.reference.ts'

/** Rounding of one number to f16, and of one that was worked out from others so rounded, relative to the largest. */
const ONCE = 2 ** -11 + 2 ** -20
const TWICE = 2 ** -10
const f16 = 'f16' as const

/** Numbers that f16 holds exactly. */
const half = (length: number, seed: number, scale = 1) => roundToHalf(noise(length, seed, scale))

describe.skipIf(whyNoFloat16())('16-bit floats', () => {
  const bench = useBench(() => openFloat16())

  it.each([12, 7])('round to the nearest of %i, and clamp what they cannot hold', async (length) => {
    const x = [1e6, -7e4, 65504, 1 / 3, ...noise(length - 4, 1)]
    const { out } = await bench().run(
      { x: { shape: [length], data: x }, out: { shape: [length], dtype: f16 } },
      (ops, at) => ops.cast({ x: at('x'), out: at('out'), length }),
      ['out'],
    )
    expect(out).toEqual(Float32Array.of(65504, -65504, ...roundToHalf(x.slice(2))))
  })

  it.each([
    // vec4 and scalar, over more than one tile and ragged
    ['nn', 70, 36, 20],
    ['nt', 70, 36, 20],
    ['tn', 70, 36, 20],
    ['nn', 33, 17, 50],
  ] as const)('matmul %s of %i x %i over %i', async (layout, m, n, k) => {
    const [a, b] = [half(m * k, 1), half(k * n, 2)]
    const expected = matmulReference(layout, a, b, { m, n, k })
    const got = await bench().run(
      {
        a: { shape: [m * k], dtype: f16, data: a },
        b: { shape: [k * n], dtype: f16, data: b },
        wide: { shape: [m * k], data: a },
        out: { shape: [m, n] },
        mixed: { shape: [m, n], dtype: f16 },
      },
      (ops, at) => {
        const common = { layout, b: at('b'), m, n, k }
        ops.matmul({ ...common, a: at('a'), out: at('out') })
        ops.matmul({ ...common, a: at('wide'), out: at('mixed') })
      },
      ['out', 'mixed'],
    )
    // Sums are in f32, whatever is summed.
    expect(relativeError(got.out, expected)).toBeLessThan(4 * Math.sqrt(k) * 2 ** -24)
    expect(relativeError(got.mixed, expected)).toBeLessThan(ONCE)
  })

  const sizes = { m: 20, n: 8, k: 12 }
  const product = matmulReference('nn', half(240, 1), half(96, 2), sizes)
  const [bias, same] = [noise(8, 3), half(160, 4)]
  const withBias = product.map((x, i) => x + bias[i % 8]!)
  type Extra = (at: (name: string) => Tensor) => Partial<MatmulArgs>
  const epilogues: [string, Extra, Float64Array][] = [
    ['accumulate', () => ({ accumulate: true }), product.map((x, i) => x + same[i]!)],
    ['GELU', (at) => ({ bias: at('bias'), gelu: {} }), withBias.map(geluReference)],
    [
      'GELU of what is kept',
      (at) => ({ bias: at('bias'), gelu: { pre: at('pre') } }),
      Float64Array.from(roundToHalf(withBias), geluReference),
    ],
    [
      'GELU backward',
      (at) => ({ geluBackward: at('pre'), gradient: true }),
      product.map((x, i) => x * geluDerivativeReference(same[i]!)),
    ],
  ]
  it.each(epilogues)('matmul with %s', async (_name, extra, expected) => {
    const { out } = await bench().run(
      {
        a: { shape: [20, 12], dtype: f16, data: half(240, 1) },
        b: { shape: [12, 8], dtype: f16, data: half(96, 2) },
        bias: { shape: [8], data: bias },
        pre: { shape: [20, 8], dtype: f16, data: same },
        out: { shape: [20, 8], dtype: f16, data: same },
      },
      (ops, at) => ops.matmul({ layout: 'nn', a: at('a'), b: at('b'), out: at('out'), ...sizes, ...extra(at) }),
      ['out'],
    )
    expect(relativeError(out, expected)).toBeLessThan(TWICE)
  })

  it('matmul lets a gradient’s overflow show, and clamps everything else', async () => {
    const one = { shape: [1], dtype: f16 }
    const product = { layout: 'nn', m: 1, n: 1, k: 1 } as const
    const got = await bench().run(
      { a: { ...one, data: [-300] }, out: one, gradient: one },
      (ops, at) => {
        ops.matmul({ ...product, a: at('a'), b: at('a'), scale: -1, out: at('out') })
        ops.matmul({ ...product, a: at('a'), b: at('a'), scale: -1, out: at('gradient'), gradient: true })
      },
      ['out', 'gradient'],
    )
    expect([got.out[0], got.gradient[0]]).toEqual([-65504, -Infinity])
  })

  it.each([
    [2, 17, 2, 12, 0],
    [2, 9, 2, 11, 0.3],
    [1, 5, 1, 260, 0],
  ])('attention of %i x %i positions, %i heads of %i, dropout %f', async (batch, seqLen, heads, headSize, p) => {
    const [C, M] = [heads * headSize, batch * seqLen]
    const [qkv, dout, seed] = [half(M * 3 * C, 1), half(M * C, 2), 99]
    const got = await bench().run(
      {
        qkv: { shape: [M, 3 * C], dtype: f16, data: qkv },
        dout: { shape: [M, C], dtype: f16, data: dout },
        out: { shape: [M, C], dtype: f16 },
        lse: { shape: [batch, heads, seqLen] },
        delta: { shape: [batch, heads, seqLen] },
        dqkv: { shape: [M, 3 * C], dtype: f16 },
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
    const { out, lse } = attentionReference(qkv, shape)
    expect(relativeError(got.out, out)).toBeLessThan(ONCE)
    expect(relativeError(got.lse, lse, 1)).toBeLessThan(4e-6)
    expect(relativeError(got.dqkv, attentionBackwardReference(qkv, dout, shape))).toBeLessThan(TWICE)
  })

  it.each([
    [17, 36],
    [40, 25],
  ])('layer norm, %i rows of %i', async (rows, width) => {
    const norm = { rows, width, eps: 1e-5 }
    const x = noise(rows * width, 1).map((v) => v + 3)
    const [weight, bias, dout] = [noise(width, 2), noise(width, 3), half(rows * width, 4)]
    const got = await bench().run(
      {
        x: { shape: [rows, width], data: x },
        weight: { shape: [width], data: weight },
        bias: { shape: [width], data: bias },
        dout: { shape: [rows, width], dtype: f16, data: dout },
        out: { shape: [rows, width], dtype: f16 },
        stats: { shape: [rows, 2] },
        dx: { shape: [rows, width] },
        dweight: { shape: [width] },
        dbias: { shape: [width] },
      },
      (ops, at) => {
        const common = { x: at('x'), weight: at('weight'), stats: at('stats'), rows }
        ops.layerNorm({ ...common, bias: at('bias'), out: at('out'), eps: norm.eps })
        const params = { dweight: at('dweight'), dbias: at('dbias') }
        ops.layerNormBackward({ ...common, dout: at('dout'), params, dx: at('dx'), accumulate: false })
      },
      ['out', 'dx', 'dweight', 'dbias'],
    )
    expect(relativeError(got.out, layerNormReference(x, weight, bias, norm).out)).toBeLessThan(ONCE)
    const expected = layerNormBackwardReference(dout, x, weight, norm)
    for (const name of ['dx', 'dweight', 'dbias'] as const)
      expect(relativeError(got[name], expected[name], 1)).toBeLessThan(1e-5)
  })

  it('GELU', async () => {
    const x = half(30, 1, 4)
    const { out } = await bench().run(
      { x: { shape: [30], dtype: f16, data: x }, out: { shape: [30], dtype: f16 } },
      (ops, at) => ops.gelu({ x: at('x'), out: at('out'), length: 30 }),
      ['out'],
    )
    expect(relativeError(out, Float64Array.from(x, geluReference))).toBeLessThan(ONCE)
  })

  it.each([65, 1000])('cross-entropy of %i classes, its gradient scaled', async (vocab) => {
    const [rows, stride] = [9, Math.ceil(vocab / 4) * 4]
    const labels = Int32Array.from({ length: rows }, (_, r) => (r === 4 ? -100 : (r * 7) % vocab))
    const logits = half(rows * vocab, 1, 3)
    const padded = Float32Array.from({ length: rows * stride }, (_, i) =>
      i % stride < vocab ? logits[Math.floor(i / stride) * vocab + (i % stride)]! : 0,
    )
    const got = await bench().run(
      {
        logits: { shape: [rows, stride], dtype: f16, data: padded },
        labels: { shape: [rows], dtype: 'i32', data: labels },
        rowLoss: { shape: [rows] },
        scale: { shape: [1], data: [1 / 8] },
        lossScale: { shape: [3], data: [1024, 0, 0] },
      },
      (ops, at) =>
        ops.crossEntropy({
          logits: at('logits'),
          labels: at('labels'),
          rowLoss: at('rowLoss'),
          scale: at('scale'),
          lossScale: at('lossScale'),
          rowOffset: 0,
          rows,
          vocabSize: vocab,
          gradient: true,
        }),
      ['logits', 'rowLoss'],
    )
    const { rowLoss, dlogits } = crossEntropyReference(logits, labels, vocab, 128)
    expect(relativeError(got.rowLoss, rowLoss)).toBeLessThan(4e-6)
    const dense = Float32Array.from(dlogits, (_, i) => got.logits[Math.floor(i / vocab) * stride + (i % vocab)]!)
    expect(relativeError(dense, dlogits)).toBeLessThan(ONCE)
  })

  it('the loss is scaled up and down by how steps go, and AdamW keeps a shadow of what it makes', async () => {
    const { backend } = bench()
    const specs = [
      { name: 'a', shape: [9, 11] },
      { name: 'b', shape: [40, 30] },
    ]
    const [params, grads, m, v] = await Promise.all(
      ['params', 'grads', 'moments', 'moments'].map((category) =>
        backend.allocatePacked(category as 'params' | 'grads' | 'moments', specs),
      ),
    )
    const shadow = await backend.allocatePacked(
      'params',
      specs.map((spec) => ({ ...spec, dtype: f16 })),
    )
    const inputs = await backend.allocate('workspace', [
      { name: 'schedule', shape: [3] },
      { name: 'results', shape: [4] },
      { name: 'state', shape: [3] },
      { name: 'b', shape: [1200] },
    ])
    const [results, state] = [inputs.get('results'), inputs.get('state')]
    const hyper = { beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0.1 }
    const program = await backend.record('test', (ops) => {
      ops.gradNorm({ grads: grads!, maxNorm: 1, results, scaling: { state, growAfter: 2 } })
      const schedule = inputs.get('schedule')
      const [all, decays] = [{ params: params!, grads: grads!, m: m!, v: v! }, new Set(['b'])]
      ops.adamW({ ...all, decays, schedule, results, shadow, ...hyper })
      ops.cast({ x: shadow.get('b'), out: inputs.get('b'), length: 1200 })
    })
    const b = { p: Float64Array.from(noise(1200, 1)), m: new Float64Array(1200), v: new Float64Array(1200) }
    backend.write(params!.get('b'), Float32Array.from(b.p))
    backend.write(state, Float32Array.of(8, 0, 0))
    const scales: number[][] = []
    // What the gradients are multiplied by at each step, the scale among it.
    for (const [i, factor] of [8, 8, 16, Infinity, 8, 8, NaN, Infinity, Infinity, Infinity, Infinity].entries()) {
      const [step, learningRate] = [i + 1, 0.01]
      const gradient = noise(1200, 20 + i)
      backend.write(
        grads!.get('b'),
        gradient.map((x) => x * factor),
      )
      backend.write(inputs.get('schedule'), Float32Array.of(learningRate, 1 - 0.9 ** step, 1 - 0.95 ** step))
      backend.run(program)
      const [, norm, , scale] = await backend.read(results)
      if (Number.isFinite(factor)) {
        const expected = Math.hypot(...gradient)
        expect(Math.abs(norm! / expected - 1)).toBeLessThan(1e-6)
        expect(scale).toBe(factor)
        const clipped = Float64Array.from(gradient, (x) => x / expected)
        adamWReference(b, clipped, { ...hyper, learningRate, step, decay: true })
      }
      scales.push([...(await backend.read(state))])
    }
    expect(scales).toEqual([
      [8, 1, 0],
      [16, 0, 0],
      [16, 1, 0],
      [8, 0, 1],
      [8, 1, 1],
      [16, 0, 1],
      [8, 0, 2],
      [4, 0, 3],
      [2, 0, 4],
      [1, 0, 5],
      [1, 0, 6],
    ])
    expect(relativeError(await backend.read(params!.get('b')), b.p)).toBeLessThan(1e-5)
    expect(await backend.read(inputs.get('b'))).toEqual(roundToHalf(await backend.read(params!.get('b'))))
    for (const one of [params, grads, m, v, shadow, inputs, program]) one!.free()
  })
})

describe.skipIf(whyNoFloat16())('16-bit floats in workgroup tiles', () => {
  const bench = useBench(() => openFloat16({ ...tuningFor(false), tile: tiled(16, 16, 4, 4), smallTiles: [] }))

  it.each([
    ['nn', 40, 36, 20],
    // k is cut into parts
    ['nt', 12, 20, 300],
    ['nn', 9, 7, 301],
  ] as const)('matmul %s of %i x %i over %i', async (layout, m, n, k) => {
    const [a, b] = [half(m * k, 1), half(k * n, 2)]
    const { out, gradient } = await bench().run(
      {
        a: { shape: [m * k], dtype: f16, data: a },
        b: { shape: [k * n], dtype: f16, data: b },
        out: { shape: [m, n], dtype: f16 },
        gradient: { shape: [m, n], dtype: f16 },
      },
      (ops, at) => {
        ops.matmul({ layout, a: at('a'), b: at('b'), out: at('out'), m, n, k })
        ops.matmul({ layout, a: at('a'), b: at('b'), out: at('gradient'), m, n, k, gradient: true, scale: 1e6 })
      },
      ['out', 'gradient'],
    )
    const expected = matmulReference(layout, a, b, { m, n, k })
    expect(relativeError(out, expected)).toBeLessThan(ONCE)
    gradient.forEach((g, i) => {
      if (Math.abs(expected[i]!) > 0.07) expect(g).toBe(Math.sign(expected[i]!) * Infinity)
    })
  })
})
