import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { Job } from '@shared/contract/schemas.ts'
import type { JobRunner, Progress, Task, TaskResult } from '../jobs/task.ts'
import { throttle } from '../jobs/throttle.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'

/** Progress reaches the page at most ten times a second. */
const PROGRESS_MS = 100
/** Finished jobs that can still be asked about. */
const JOBS_KEPT = 200

interface Entry {
  job: Job
  /** Datasets it reads or makes. */
  datasetIds: string[]
  abort: AbortController
  ended: Promise<void>
}

export interface JobSpec<T extends Task> {
  task: T
  label: string
  phase: string
  datasetIds: string[]
  /** Makes the finished work visible; runs only when the task succeeded and was not cancelled. */
  commit(result: TaskResult<T>): Promise<void>
  /** Removes everything the task wrote; runs when it failed or was cancelled. */
  discard(): Promise<void>
}

/** Long work in threads, with progress events and cancelling. Jobs live in memory: a closed studio has none. */
export function createJobs(ctx: Context, run: JobRunner) {
  const entries = new Map<string, Entry>()

  function entry(id: string): Entry {
    const found = entries.get(id)
    if (found) return found
    throw new AppError({ code: 'not_found', message: `There is no job ${id}.` })
  }

  function forgetOldest(): void {
    const ended = [...entries.values()].filter(({ job }) => job.state !== 'running')
    for (const { job } of ended.slice(0, Math.max(0, ended.length - JOBS_KEPT))) entries.delete(job.id)
  }

  async function work<T extends Task>(mine: Entry, spec: JobSpec<T>): Promise<void> {
    const update = throttle<Progress>(PROGRESS_MS, (progress) => {
      mine.job = { ...mine.job, ...progress }
      ctx.events.emit({ type: 'job', job: mine.job })
    })
    let end: Partial<Job>
    try {
      const result = await run(spec.task, { progress: update.push, signal: mine.abort.signal })
      // From here on it can no longer be cancelled: the commit is one rename.
      await spec.commit(result)
      update.flush()
      end = { state: 'done', done: mine.job.total || mine.job.done, phase: 'Done' }
    } catch (error) {
      update.flush()
      const data = toErrorData(error)
      end =
        data.code === 'cancelled'
          ? { state: 'cancelled', phase: 'Cancelled' }
          : { state: 'failed', phase: 'Failed', error: data }
      await spec.discard().catch((problem: unknown) => ctx.log(`Could not clean up after a job: ${String(problem)}`))
    }
    mine.job = { ...mine.job, ...end }
    ctx.events.emit({ type: 'job', job: mine.job })
    forgetOldest()
  }

  function start<T extends Task>(spec: JobSpec<T>): Job {
    const job: Job = {
      id: newId(),
      kind: spec.task.kind,
      label: spec.label,
      state: 'running',
      phase: spec.phase,
      done: 0,
      total: 0,
      unit: 'bytes',
      resultId: spec.task.id,
    }
    const mine: Entry = { job, datasetIds: spec.datasetIds, abort: new AbortController(), ended: Promise.resolve() }
    entries.set(job.id, mine)
    ctx.events.emit({ type: 'job', job })
    mine.ended = work(mine, spec)
    return job
  }

  const handlers: Pick<Handlers, 'jobs.get' | 'jobs.list' | 'jobs.cancel'> = {
    'jobs.get': async ({ id }) => entry(id).job,
    'jobs.list': async () => [...entries.values()].map(({ job }) => job),
    /** Resolves once the work has stopped and its files are gone. */
    'jobs.cancel': async ({ id }) => {
      const found = entry(id)
      found.abort.abort()
      await found.ended
      return found.job
    },
  }

  return {
    handlers,
    start,
    /** Whether a running job works on this dataset. */
    uses: (datasetId: string): boolean =>
      [...entries.values()].some(({ job, datasetIds }) => job.state === 'running' && datasetIds.includes(datasetId)),
  }
}

export type Jobs = ReturnType<typeof createJobs>
