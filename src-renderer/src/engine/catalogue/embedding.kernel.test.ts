import { describe, expect, it } from 'vitest'
import { DEVICES } from '../../../../src-main/headless/testing/devices.ts'
import { tokenIndexLength } from '@shared/model/tensors.ts'
import { TokenIndexer } from '../model/token-index.ts'
import { noise, relativeError, useBench } from './bench.ts'

describe.each(DEVICES)('embedding, %s', (_, open) => {
  const bench = useBench(open)

  it.each([
    [2, 5, 17, 36, 7],
    [3, 4, 5, 25, 4],
    [1, 1, 1, 1, 1],
  ])('%i x %i tokens of %i, width %i, %i positions', async (B, T, V, C, positions) => {
    const M = B * T
    const tokens = Uint32Array.from({ length: M }, (_x, r) => (r * r + 1) % V)
    const [wte, wpe, dout, before] = [noise(V * C, 1), noise(positions * C, 2), noise(M * C, 3), noise(V * C, 4)]
    const index = new Uint32Array(tokenIndexLength(M))
    new TokenIndexer(V).build(tokens, index)
    const got = await bench().run(
      {
        tokens: { shape: [M], dtype: 'u32', data: tokens },
        index: { shape: [index.length], dtype: 'u32', data: index },
        wte: { shape: [V, C], data: wte },
        wpe: { shape: [positions, C], data: wpe },
        dout: { shape: [M, C], data: dout },
        out: { shape: [M, C] },
        dwte: { shape: [V, C], data: before },
        dwpe: { shape: [positions, C], data: noise(positions * C, 5) },
        added: { shape: [positions, C], data: wpe },
        once: { shape: [V, C] },
        alone: { shape: [V, C] },
      },
      (ops, at) => {
        ops.embedding({ tokens: at('tokens'), wte: at('wte'), wpe: at('wpe'), out: at('out'), rows: M, seqLen: T })
        const grads = { dwte: at('dwte'), dwpe: at('dwpe') }
        const common = { dout: at('dout'), tokenIndex: at('index'), rows: M, seqLen: T }
        ops.embeddingBackward({ ...common, ...grads })
        ops.embeddingBackward({ ...common, dwte: at('once'), dwpe: at('added'), accumulate: true })
        ops.embeddingBackward({ ...common, dwte: at('alone') })
      },
      ['out', 'dwte', 'dwpe', 'added', 'once', 'alone'],
    )
    const out = new Float32Array(M * C)
    const dwte = Float64Array.from(before)
    const dwpe = new Float64Array(positions * C)
    for (let r = 0; r < M; r++) {
      for (let c = 0; c < C; c++) {
        out[r * C + c] = wte[tokens[r]! * C + c]! + wpe[(r % T) * C + c]!
        dwte[tokens[r]! * C + c]! += dout[r * C + c]!
        dwpe[(r % T) * C + c]! += dout[r * C + c]!
      }
    }
    expect(got.out).toEqual(out)
    expect(relativeError(got.dwte, dwte)).toBeLessThan(1e-6)
    expect(relativeError(got.dwpe, dwpe)).toBeLessThan(1e-6)
    const sum = dwpe.map((d, i) => d + wpe[i]!)
    expect(relativeError(got.added, sum)).toBeLessThan(1e-6)
    expect(got.alone).toEqual(got.once)
  })

  it('starts at the cursor and stays inside the tables', async () => {
    const [wte, wpe] = [noise(3 * 4, 1), noise(5 * 4, 2)]
    const { out } = await bench().run(
      {
        tokens: { shape: [3], dtype: 'u32', data: [0, 2, 99] },
        cursor: { shape: [2], dtype: 'u32', data: [3, 3] },
        wte: { shape: [3, 4], data: wte },
        wpe: { shape: [5, 4], data: wpe },
        out: { shape: [3, 4] },
      },
      (ops, at) => {
        const tables = { wte: at('wte'), wpe: at('wpe') }
        ops.embedding({ tokens: at('tokens'), ...tables, out: at('out'), rows: 3, seqLen: 3, cursor: at('cursor') })
      },
      ['out'],
    )
    const sum = (token: number, position: number) =>
      [0, 1, 2, 3].map((c) => Math.fround(wte[token * 4 + c]! + wpe[position * 4 + c]!))
    expect([...out]).toEqual([...sum(0, 3), ...sum(2, 4), ...sum(2, 4)])
  })
})
