import { expect, it } from 'vitest'
import type { OpGroup, OpName, Peaks } from '@engine/profile/profile.ts'
import type { StepProfile } from '@engine/profile/step.ts'
import { deviceReport } from './deviceReport.ts'
import { boundText, formatMs, formatRate, operationMs, shapeText, stepRows, utilisation } from './stepProfile.ts'

const op = (name: OpName, detail: string, ms: number, flops: number, bytes: number, count = 1): OpGroup => ({
  ...{ op: name, detail, ms, flops, bytes, count },
  dispatches: count,
})
const profile: StepProfile = {
  config: {
    ...{ vocabSize: 512, nPositions: 64, nEmbd: 64, nLayer: 2, nHead: 2, dropout: 0 },
    ...{ qkvBias: false, tieWordEmbeddings: true, layerNormEpsilon: 1e-5 },
  },
  batchSize: 4,
  ...{ stepMs: 12, steps: 9, flops: 24e6, tokens: 256, submits: 2, dispatches: 70, bytes: 3 * 2 ** 20 },
  clock: 'timestamps',
  ops: [
    op('matmul', 'nn 8 x 8 x 8', 4, 16e6, 1e6, 2),
    op('matmul', 'tn 8 x 8 x 8', 2, 8e6, 1e6, 2),
    op('adamW', '100 parameters', 2, 1e5, 16e6),
  ],
}
const peaks: Peaks = { f32: 8, f16: null, copy: 16 }

it('tells shares of the time, rates, and the roof that an operation is under', () => {
  expect(operationMs(profile)).toBe(8)
  const rows = stepRows(profile, peaks, 'size')
  expect(rows.map(({ name, share }) => [name, share])).toEqual([
    ['Matrix product', 0.5],
    ['Matrix product', 0.25],
    ['AdamW', 0.25],
  ])
  expect(rows[0]).toMatchObject({
    detail: 'nn 8 x 8 x 8',
    count: 2,
    gflops: 4,
    bound: { by: 'arithmetic', share: 0.5 },
  })
  expect(rows[2]).toMatchObject({ gbytes: 8, bound: { by: 'memory', share: 0.5 } })
  expect(utilisation(profile, peaks)).toBe(0.25)
})

it('puts operations of one kind together', () => {
  const rows = stepRows(profile, null, 'kind')
  expect(rows).toEqual([
    expect.objectContaining({ name: 'Matrix product', detail: '', count: 4, ms: 6, share: 0.75, bound: null }),
    expect.objectContaining({ name: 'AdamW', count: 1 }),
  ])
})

it('keeps the figures that count', () => {
  const times = [1234.5, 12.34, 0.996, 0.1234, 0.0996, 0.0994, 0.01234, 0.005, 0]
  expect(times.map((ms) => formatMs(ms).replace('\u202f', ' '))).toEqual([
    '1,235 ms',
    '12.3 ms',
    '1.00 ms',
    '0.12 ms',
    '0.10 ms',
    '99 µs',
    '12 µs',
    '5.0 µs',
    '0.0 µs',
  ])
  expect([formatRate(1234, 'GB/s'), formatRate(1.234, 'GB/s')]).toEqual(['1,234\u202fGB/s', '1.23\u202fGB/s'])
})

it('explains a share of more than the peak by what it is a share of', () => {
  expect(boundText({ by: 'memory', share: 1.2 })).toContain('of its memory peak, its data being in caches')
  expect(boundText({ by: 'arithmetic', share: 1.2 })).toContain('which other work held down')
  expect(boundText({ by: 'arithmetic', share: 0.5 })).toMatch(/peak$/)
})

it('counts one layer and one head as one', () => {
  const config = { ...profile.config, nLayer: 1, nHead: 1 }
  expect(shapeText({ config, batchSize: 8 })).toBe('1 layer, 1 head, width 64, context 64, batch 8, vocabulary 512')
})

it('writes a report that says everything in plain characters', () => {
  const backend = {
    kind: 'webgpu',
    adapter: 'acme',
    fallback: false,
    cause: 'automatic',
    reason: 'There is one.',
  } as const
  const groups = [{ title: 'Adapter', facts: [{ name: 'Vendor', value: 'acme', why: 'It says so.' }] }]
  const text = deviceReport({ backend, groups, peaks, profile }, 'Chrome 1')
  for (const part of [
    'In use: acme (automatic: There is one.)',
    'Vendor: acme (It says so.)',
    'copy in memory: 16.0 GB/s',
    '2 layers, 2 heads, width 64, context 64, batch 4, vocabulary 512',
    'share of the peak (MFU): 25.0 %',
    'Matrix product nn 8 x 8 x 8, 2 of them, 4.00 GFLOP/s',
  ])
    expect(text).toContain(part)
  expect(text).not.toContain('\u202f')
  expect(deviceReport({ backend: null, groups: [], peaks: null, profile: null }, 'Chrome 1')).toContain(
    'Browser: Chrome 1',
  )
})
