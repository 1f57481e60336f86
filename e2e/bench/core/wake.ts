import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** A thread that works for as many milliseconds as it is told to. */
const THREAD = `
  const { parentPort } = require('node:worker_threads')
  parentPort.on('message', (ms) => {
    let x = 1
    for (const end = performance.now() + ms; performance.now() < end; ) for (let i = 0; i < 10000; i++) x = x * 1.0000001 + 1e-9
    parentPort.postMessage(x)
  })
`

/**
 * Keeps every core busy for a moment: one that has rested is slow at first, as its clock is low, and where it is a virtual one its place on the host
 * is a new one.
 */
export class Waker {
  private readonly workers = Array.from({ length: availableParallelism() }, () => new Worker(THREAD, { eval: true }))

  async wake(ms: number): Promise<void> {
    await Promise.all(
      this.workers.map(async (worker) => {
        worker.postMessage(ms)
        await once(worker, 'message')
      }),
    )
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()))
  }
}
