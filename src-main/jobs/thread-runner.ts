import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AppError, type AppErrorData } from '@shared/contract/errors.ts'
import { cancelled } from './cancel.ts'
import type { JobRunner, JobTools, Progress, Task, TaskResult } from './task.ts'

/** What the thread reports: progress and limits of its time (see Guard) any number of times, then one of the other two. */
export type ThreadMessage =
  | { type: 'progress'; progress: Progress }
  | { type: 'guard'; limit: { ms: number; error: AppErrorData } | null }
  | { type: 'done'; result: TaskResult }
  | { type: 'failed'; error: AppErrorData }

/** The built thread entry, job.js: beside the file this code was built into, or a folder above it when that is a shared chunk. */
function entryFile(): string {
  const candidates = ['./job.js', '../job.js'].map((file) => fileURLToPath(new URL(file, import.meta.url)))
  const found = candidates.find((file) => existsSync(file))
  if (found !== undefined) return found
  throw new AppError({
    code: 'internal',
    message: 'The job thread is missing from this build (job.js).',
    hint: 'Build the studio again: npm run build.',
  })
}

/** Runs each task in a thread of its own, made from the built entry file. */
export const createThreadRunner = (entry: () => string = entryFile): JobRunner =>
  function run<T extends Task>(task: T, { progress, signal }: JobTools): Promise<TaskResult<T>> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancelled())
      const worker = new Worker(entry(), { workerData: task })
      let ending = false
      let guard: NodeJS.Timeout | undefined
      const end = async (settle: () => void) => {
        if (ending) return
        ending = true
        clearTimeout(guard)
        signal.removeEventListener('abort', onAbort)
        // Only once the thread is gone can nothing write into the job's folders any more.
        await worker.terminate()
        settle()
      }
      const onAbort = () => void end(() => reject(cancelled()))
      signal.addEventListener('abort', onAbort, { once: true })
      worker.on('message', (message: ThreadMessage) => {
        if (message.type === 'progress') progress(message.progress)
        else if (message.type === 'guard') {
          const { limit } = message
          clearTimeout(guard)
          if (limit) guard = setTimeout(() => void end(() => reject(new AppError(limit.error))), limit.ms)
        } else if (message.type === 'done') void end(() => resolve(message.result as TaskResult<T>))
        else void end(() => reject(new AppError(message.error)))
      })
      worker.on('error', (error) => void end(() => reject(error)))
      worker.on('exit', (code) => {
        void end(() => reject(new AppError({ code: 'internal', message: `The job's thread ended early (${code}).` })))
      })
    })
  }
