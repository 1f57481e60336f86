import { parentPort, workerData } from 'node:worker_threads'
import { toErrorData } from '@shared/contract/errors.ts'
import { runTask } from './run-task.ts'
import type { Task } from './task.ts'
import type { ThreadMessage } from './thread-runner.ts'

/** Entry of the job thread: runs the one task it was made for. To cancel it, the thread is ended. */
const send = (message: ThreadMessage) => parentPort?.postMessage(message)

runTask(workerData as Task, {
  progress: (progress) => send({ type: 'progress', progress }),
  signal: new AbortController().signal,
}).then(
  (result) => send({ type: 'done', result }),
  (error: unknown) => send({ type: 'failed', error: toErrorData(error) }),
)
