import type { Backend } from '@engine/backend.ts'
import { timed } from './timed.ts'
import type { Work } from './work.ts'

/** Reads `bytes` of weights once for each piece of work, by the operation that decoding consists of: one row times a big matrix. */
export async function oursMatvec(backend: Backend, bytes: number): Promise<Work> {
  const k = 1024
  const n = bytes / 4 / k
  const tensors = await backend.allocate('workspace', [
    { name: 'x', shape: [1, k] },
    { name: 'weights', shape: [n, k] },
    { name: 'y', shape: [1, n] },
  ])
  const [a, b, out] = [tensors.get('x'), tensors.get('weights'), tensors.get('y')]
  // Pages that were never written all lie on one page of zeros, which a cache holds.
  backend.write(b, new Float32Array(n * k).fill(1))
  const program = await backend.record('matvec', (ops) => ops.matmul({ layout: 'nt', a, b, out, m: 1, n, k }))
  return {
    run: (times) =>
      timed(times, async () => {
        backend.run(program)
        await backend.read(out, 0, 1)
        return null
      }),
    dispose() {
      program.free()
      tensors.free()
    },
  }
}
