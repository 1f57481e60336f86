import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { initialParams } from '@engine/train/initial.ts'
import { openCpuNode } from '../../../../src-main/headless/cpu-node.ts'
import { createSession } from '../model/gpt.ts'
import { openCpu } from './cpu-backend.ts'
import { FAILED_ADDRESS, TICKET_ADDRESS } from './pool.ts'
import type { ThreadSpawner } from './threads.ts'

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

it('leaves the processor alone between programs', async () => {
  const backend = await openCpuNode(4)
  const tensors = await backend.allocate('workspace', [{ name: 'x', shape: [100_000] }])
  const program = await backend.record('fill', (ops) => ops.fill({ out: tensors.get('x'), value: 1 }))
  for (let i = 0; i < 100; i++) backend.run(program)
  await sleep(200)
  const before = process.cpuUsage()
  await sleep(500)
  const { user, system } = process.cpuUsage(before)
  // Three helpers that looked for work all the time would take 500 ms each, as far as there are cores.
  expect((user + system) / 1000).toBeLessThan(100)
  backend.destroy()
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

/** A program of 8 tasks for two threads, the second of which is `spawn`'s. */
async function withHelper(spawn: ThreadSpawner) {
  const backend = await openCpu({ threads: 2, spawn })
  const tensors = await backend.allocate('workspace', [{ name: 'x', shape: [100_000] }])
  const program = await backend.record('fill', (ops) => ops.fill({ out: tensors.get('x'), value: 1 }))
  return { backend, run: () => backend.run(program), result: () => backend.read(tensors.get('x')) }
}

it('waits for no thread that holds no task', async () => {
  // A helper that never comes, as one that the system gives no time.
  const { backend, run, result } = await withHelper(async () => ({ terminate() {} }))
  run()
  expect((await result()).every((v) => v === 1)).toBe(true)
  backend.destroy()
})

it('is lost, instead of waiting for ever, when a helper thread fails in the middle of a task', async () => {
  const { backend, run } = await withHelper(failingHelper)
  // It gets a task sooner or later.
  expect(() => {
    for (let i = 0; i < 10_000; i++) run()
  }).toThrow('threads that compute on the processor ended')
  expect((await backend.lost).reason).toBe('trap')
  expect(run).toThrow('threads that compute on the processor ended')
})

/** Takes a task as soon as there is one, and dies. */
const failingHelper: ThreadSpawner = async ({ memory }) => {
  const worker = new Worker(
    `const { parentPort, workerData: memory } = require('node:worker_threads')
    const tickets = new BigInt64Array(memory.buffer, ${TICKET_ADDRESS}, 1)
    const held = (ticket) => Number(BigInt.asIntN(32, ticket)) >= 0
    parentPort.postMessage('ready')
    while (!held(Atomics.load(tickets, 0)) || !held(Atomics.add(tickets, 0, 1n)));
    Atomics.store(new Int32Array(memory.buffer), ${FAILED_ADDRESS / 4}, 1)`,
    { eval: true, workerData: memory },
  )
  await once(worker, 'message')
  return { terminate: () => void worker.terminate() }
}

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
