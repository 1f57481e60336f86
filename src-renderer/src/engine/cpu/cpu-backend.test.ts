import { expect, it } from 'vitest'
import { initialParams } from '@engine/train/initial.ts'
import { openCpuNode } from '../../../../src-main/headless/cpu-node.ts'
import { createSession } from '../model/gpt.ts'
import { openCpu } from './cpu-backend.ts'
import { FAILED_ADDRESS } from './pool.ts'

const config = {
  vocabSize: 130,
  nPositions: 40,
  nEmbd: 48,
  nLayer: 2,
  nHead: 3,
  dropout: 0.1,
  qkvBias: true,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}
const head = { kind: 'lm' } as const

/** Losses and gradient norms of a few steps. */
async function train(threads: number): Promise<number[]> {
  const backend = await openCpuNode(threads, 'relaxed')
  const optimizer = { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, gradClip: 1 }
  const session = await createSession(backend, { config, head, batchSize: 5, seqLen: 40, optimizer })
  session.setState({ params: initialParams(config, head, 1) })
  const ids = Int32Array.from({ length: 200 }, (_, i) => (i * i + 7 * i) % 130)
  const out: number[] = []
  for (let step = 1; step <= 5; step++) {
    const { loss, gradNorm } = await session.trainStep(
      { inputIds: ids, labels: ids.map((_, i) => ids[(i + 1) % 200]!) },
      { learningRate: 1e-2, step, seed: 4 },
    )
    out.push(loss, gradNorm)
  }
  backend.destroy()
  return out
}

it('gives the same losses bit for bit, again and with any number of threads', async () => {
  const two = await train(2)
  expect(two.at(-2)).toBeLessThan(two[0]!)
  expect(await train(2)).toEqual(two)
  expect(await train(1)).toEqual(two)
  expect(await train(5)).toEqual(two)
})

it('says what it is, and after its end only that it is closed', async () => {
  const backend = await openCpuNode(2)
  expect(backend.info).toMatchObject({ kind: 'cpu', fallback: false })
  expect(backend.info.adapter).toMatch(/^WebAssembly (relaxed )?SIMD, 2 threads$/)
  const tensors = await backend.allocate('workspace', [{ name: 'x', shape: [3] }])
  backend.destroy()
  expect((await backend.lost).reason).toBe('destroyed')
  await expect(backend.read(tensors.get('x'))).rejects.toMatchObject({ code: 'gpu_lost' })
  await expect(backend.record('late', () => {})).rejects.toMatchObject({ code: 'gpu_lost' })
})

it('is lost, instead of waiting for ever, when a helper thread fails', async () => {
  const backend = await openCpu({
    threads: 2,
    // A thread that says it is ready and then dies.
    spawn: async ({ memory }) => {
      Atomics.store(new Int32Array(memory.buffer), FAILED_ADDRESS / 4, 1)
      return { terminate() {} }
    },
  })
  const tensors = await backend.allocate('workspace', [{ name: 'x', shape: [3] }])
  const program = await backend.record('fill', (ops) => ops.fill({ out: tensors.get('x'), value: 1 }))
  expect(() => backend.run(program)).toThrow('threads that compute on the processor ended')
  expect((await backend.lost).reason).toBe('trap')
})

it('refuses what does not fit into its memory, and gives back what was freed, as zeros', async () => {
  const backend = await openCpuNode(1)
  const before = { ...backend.counters }
  await expect(backend.allocate('params', [{ name: 'x', shape: [2 ** 30] }])).rejects.toMatchObject({
    code: 'out_of_memory',
    message: expect.stringContaining('4,096 MiB'),
  })
  expect(backend.counters).toEqual(before)
  const spec = [{ name: 'x', shape: [1000] }]
  const first = await backend.allocate('params', spec)
  backend.write(first.get('x'), new Float32Array(1000).fill(7))
  first.free()
  first.free()
  const second = await backend.allocate('params', spec)
  expect((await backend.read(second.get('x'))).every((v) => v === 0)).toBe(true)
  backend.destroy()
})
