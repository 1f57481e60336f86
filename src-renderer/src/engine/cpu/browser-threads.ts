import type { ThreadMessage, ThreadSpawner } from './threads.ts'

/** Helper threads as Web Workers of the worker (or page) that runs the engine. */
export const browserThreads: ThreadSpawner = (start) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./browser-thread.ts', import.meta.url), { type: 'module', name: 'cpu-thread' })
    worker.addEventListener('message', ({ data }: MessageEvent<ThreadMessage>) => {
      if ('ready' in data) resolve({ terminate: () => worker.terminate() })
      else reject(new Error(data.failed))
    })
    worker.addEventListener('error', (event) => reject(new Error(event.message)))
    worker.postMessage(start)
  })
