import { describe, expect, it } from 'vitest'
import { noise, relativeError, useBench } from '@engine/catalogue/bench.ts'
import { openFloat16, whyNoFloat16 } from './deno.ts'

const missing = whyNoFloat16()
if (missing) console.warn(`Kernels with 16-bit floats are not tested: ${missing}.`)

describe.skipIf(missing)('a device in another process', () => {
  const bench = useBench(() => openFloat16())

  it('does what it is asked, in turn', async () => {
    const x = noise(40 * 12, 1)
    const { out } = await bench().run(
      { x: { shape: [40, 12], data: x }, out: { shape: [12] } },
      (ops, at) => ops.columnSum({ x: at('x'), out: at('out'), rows: 40, columns: 12 }),
      ['out'],
    )
    const expected = new Float64Array(12)
    x.forEach((v, i) => (expected[i % 12]! += v))
    expect(relativeError(out, expected)).toBeLessThan(1e-6)
    expect(bench().backend.counters.dispatches).toBeGreaterThan(0)
  })
})
