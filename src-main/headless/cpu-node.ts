import { availableParallelism } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { openCpu } from '@engine/cpu/cpu-backend.ts'
import type { Variant } from '@engine/cpu/module.ts'
import { FAILED_ADDRESS } from '@engine/cpu/pool.ts'
import type { ThreadMessage, ThreadSpawner } from '@engine/cpu/threads.ts'
import type { InspectableBackend } from '@engine/profile/profile.ts'

/**
 * What engine/cpu/thread.ts does, as plain JavaScript: a worker of Node needs a file or a source, and this way the same one serves the built
 * commands and the tests, which have no built files.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, memory, index, count } = workerData
WebAssembly.instantiate(module, { env: { memory } }).then(({ exports }) => {
  exports.init(index, count)
  parentPort.postMessage({ ready: true })
  exports.help()
}).catch((error) => {
  Atomics.store(new Int32Array(memory.buffer), ${FAILED_ADDRESS / 4}, 1)
  parentPort.postMessage({ failed: String(error) })
})`

/** Helper threads as workers of Node, which never keep the process alive. */
const nodeThreads: ThreadSpawner = (start) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { eval: true, workerData: start })
    worker.unref()
    worker.on('message', (message: ThreadMessage) => {
      if ('ready' in message) resolve({ terminate: () => void worker.terminate() })
      else reject(new Error(message.failed))
    })
    worker.on('error', reject)
  })

/** Relaxed SIMD is behind a flag in Node 20, and on later. */
export function allowRelaxedSimd(): void {
  if (Number(process.versions.node.split('.')[0]) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd')
}

/** The CPU backend in Node, on every core unless `threads` says otherwise. @throws AppError 'unsupported' without SIMD */
export function openCpuNode(threads = availableParallelism(), variant?: Variant): Promise<InspectableBackend> {
  allowRelaxedSimd()
  return openCpu({ spawn: nodeThreads, threads, ...(variant && { variant }) })
}
