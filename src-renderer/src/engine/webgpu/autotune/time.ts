import type { Tile, Tuning } from '../tuning.ts'
import { only } from './gate.ts'
import type { ShapeClass } from './candidates.ts'
import type { Tunable } from './tunable.ts'

/** A timing should last this long, so that reading one number back doesn't count. */
const LONG_ENOUGH_MS = 8
const RUNS = 3

/** Milliseconds of a class's product, all three layouts one after the other, by a tile; the fastest of a few runs. */
export async function timeTile(
  backend: Tunable,
  tile: Tile,
  { size: { m, n, k } }: ShapeClass,
  now: () => number,
): Promise<number> {
  const before: Tuning = backend.tuning
  const most = Math.max(m * k, k * n, m * n)
  const tensors = await backend.allocate(
    'workspace',
    ['a', 'b', 'out'].map((name) => ({ name, shape: [most] })),
  )
  backend.adopt(only(before, tile))
  try {
    const [a, b, out] = [tensors.get('a'), tensors.get('b'), tensors.get('out')]
    const record = (repeats: number) =>
      backend.record('timing', (ops) => {
        for (let i = 0; i < repeats; i++) {
          for (const layout of ['nn', 'nt', 'tn'] as const) ops.matmul({ layout, a, b, out, m, n, k })
        }
      })
    const timed = async (repeats: number, runs: number) => {
      const program = await record(repeats)
      let fastest = Infinity
      try {
        for (let i = 0; i < runs; i++) {
          const start = now()
          backend.run(program)
          await backend.read(out, 0, 1)
          fastest = Math.min(fastest, (now() - start) / repeats)
        }
      } finally {
        program.free()
      }
      return fastest
    }
    // The first run of a kernel may still compile it.
    const first = await timed(1, 2)
    return first >= LONG_ENOUGH_MS ? first : await timed(Math.ceil(LONG_ENOUGH_MS / Math.max(first, 0.05)), RUNS)
  } finally {
    backend.adopt(before)
    tensors.free()
  }
}
