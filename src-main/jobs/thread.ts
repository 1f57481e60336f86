import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { toErrorData } from '@shared/contract/errors.ts'
import { runTask } from './run-task.ts'
import type { Task } from './task.ts'
import type { ThreadMessage } from './thread-runner.ts'
import { serveEncoder, type EncoderData } from './tokenize/encoder-thread.ts'

/**
 * Entry of the job thread: runs the one task it was made for. To cancel it, the thread is ended, and with it the threads that it has
 * started to encode text, which begin here as well.
 */
const data = workerData as Task | EncoderData

if (data.kind === 'encoder') serveEncoder(data)
else {
  const send = (message: ThreadMessage) => parentPort?.postMessage(message)
  runTask(data, {
    progress: (progress) => send({ type: 'progress', progress }),
    signal: new AbortController().signal,
    async guard(limit, work) {
      send({ type: 'guard', limit })
      try {
        return await work()
      } finally {
        send({ type: 'guard', limit: null })
      }
    },
    threads: { entry: fileURLToPath(import.meta.url), cores: availableParallelism() },
  }).then(
    (result) => send({ type: 'done', result }),
    (error: unknown) => send({ type: 'failed', error: toErrorData(error) }),
  )
}
