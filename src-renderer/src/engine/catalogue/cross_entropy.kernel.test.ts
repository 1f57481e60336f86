import { describe, expect, it } from 'vitest'
import { DEVICES } from '../../../../src-main/headless/testing/devices.ts'
import { finiteDifferences, noise, relativeError, useBench } from './bench.ts'
import { crossEntropyReference } from './cross_entropy.reference.ts'

describe('the reference', () => {
  it('agrees with finite differences', () => {
    const logits = Float64Array.from(noise(15, 1))
    const labels = [4, -100, 0]
    const loss = (x: Float64Array) => 0.5 * crossEntropyReference(x, labels, 5, 1).rowLoss.reduce((a, b) => a + b)
    const { dlogits } = crossEntropyReference(logits, labels, 5, 0.5)
    expect(relativeError(dlogits, finiteDifferences(loss, logits))).toBeLessThan(1e-8)
  })
})

describe.each(DEVICES)('cross-entropy, %s', (_, open) => {
  const bench = useBench(open)

  async function run(
    logits: Float32Array,
    labels: number[],
    V: number,
    rows: number,
    rowOffset: number,
    gradient: boolean,
  ) {
    const stride = Math.ceil(V / 4) * 4
    // What lies in the padding must not matter.
    const padded = new Float32Array(rows * stride).fill(1e30)
    for (let r = 0; r < rows; r++) padded.set(logits.subarray(r * V, (r + 1) * V), r * stride)
    const got = await bench().run(
      {
        logits: { shape: [rows, stride], data: padded },
        labels: { shape: [labels.length], dtype: 'i32', data: labels },
        scale: { shape: [1], data: [0.25] },
        rowLoss: { shape: [labels.length] },
      },
      (ops, at) =>
        ops.crossEntropy({
          ...{ logits: at('logits'), labels: at('labels'), scale: at('scale'), rowLoss: at('rowLoss') },
          ...{ rowOffset, rows, vocabSize: V, gradient },
        }),
      ['logits', 'rowLoss'],
    )
    const row = (r: number) => got.logits.subarray(r * stride, (r + 1) * stride)
    return { ...got, row, padding: Array.from({ length: rows }, (_x, r) => [...row(r).subarray(V)]).flat() }
  }

  it.each([1, 2, 17, 53, 256])('%i classes', async (V) => {
    const rows = 21
    const labels = Array.from({ length: rows + 2 }, (_x, r) => (r % 5 === 3 ? -100 : (r * 7) % V))
    const logits = noise(rows * V, 1, 4)
    const got = await run(logits, labels, V, rows, 2, true)
    const want = crossEntropyReference(logits, labels.slice(2), V, 0.25)
    expect(relativeError(got.rowLoss.subarray(2), want.rowLoss, 1)).toBeLessThan(2e-6)
    const gradient = Float32Array.from({ length: rows * V }, (_x, i) => got.row(Math.floor(i / V))[i % V]!)
    expect(relativeError(gradient, want.dlogits, 0.25)).toBeLessThan(2e-6)
    expect(got.padding.every((x) => x === 0)).toBe(true)
  })

  it('leaves the logits alone when only the loss is wanted', async () => {
    const logits = noise(2 * 8, 1)
    const got = await run(logits, [3, 1], 8, 2, 0, false)
    expect(got.logits).toEqual(logits)
    expect(relativeError(got.rowLoss, crossEntropyReference(logits, [3, 1], 8, 1).rowLoss)).toBeLessThan(2e-6)
  })

  it('stays finite where exp would overflow', async () => {
    const logits = Float32Array.from([3000, -3000, 0, 2999, -1e30, 1e30, 0, 0])
    const got = await run(logits, [1, 0], 4, 2, 0, true)
    expect(relativeError(got.rowLoss, crossEntropyReference(logits, [1, 0], 4, 1).rowLoss)).toBeLessThan(2e-6)
    expect(got.logits.every(Number.isFinite)).toBe(true)
  })
})
