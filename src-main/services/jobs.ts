import { AppError, toErrorData } from '@shared/contract/errors.ts'
import type { Job } from '@shared/contract/schemas.ts'
import type { JobRunner, JobTask, Progress, TaskResult } from '../jobs/task.ts'
import { throttle } from '../jobs/throttle.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'
import { createJobNotes, obstacleTo, type Note, type RestartableTask } from './job-notes.ts'

/** Progress reaches the page at most ten times a second. */
const PROGRESS_MS = 100
/** Finished jobs that can still be asked about. */
const JOBS_KEPT = 200

interface Entry {
  job: Job
  /** Datasets it reads or makes. */
  datasetIds: string[]
  abort: AbortController
  /** When its note is on disk. */
  noted: Promise<void>
  ended: Promise<void>
}

export interface JobSpec<T extends JobTask> {
  task: T
  label: string
  phase: string
  datasetIds: string[]
  /** Makes the finished work visible; runs only when the task succeeded and was not cancelled. */
  commit(result: TaskResult<T>): Promise<void>
  /** Removes everything the task wrote; runs when it failed or was cancelled. */
  discard(): Promise<void>
}

type Begin<T extends RestartableTask> = (task: T) => Promise<Job>

const isRestartable = (task: { kind: string }): task is RestartableTask =>
  task.kind === 'import' || task.kind === 'tokenizer'

/**
 * Long work in threads, with progress events and cancelling. Jobs live in memory; what makes something leaves a note on disk while it
 * runs, so that a studio that was killed can offer to do it again.
 */
export function createJobs(ctx: Context, run: JobRunner) {
  const entries = new Map<string, Entry>()
  const notes = createJobNotes(ctx)
  const begins: { [T in RestartableTask as T['kind']]?: Begin<T> } = {}

  function entry(id: string): Entry {
    const found = entries.get(id)
    if (found) return found
    throw new AppError({ code: 'not_found', message: `There is no job ${id}.` })
  }

  function forgetOldest(): void {
    const ended = [...entries.values()].filter(({ job }) => job.state !== 'running')
    for (const { job } of ended.slice(0, Math.max(0, ended.length - JOBS_KEPT))) entries.delete(job.id)
  }

  async function work<T extends JobTask>(mine: Entry, spec: JobSpec<T>): Promise<void> {
    const update = throttle<Progress>(PROGRESS_MS, (progress) => {
      mine.job = { ...mine.job, ...progress }
      ctx.events.emit({ type: 'job', job: mine.job })
    })
    let end: Partial<Job>
    try {
      await mine.noted
      ctx.events.emit({ type: 'job', job: mine.job })
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
    await notes.remove(mine.job.id).catch((problem: unknown) => ctx.log(`A job's note stays: ${String(problem)}`))
    mine.job = { ...mine.job, ...end }
    ctx.events.emit({ type: 'job', job: mine.job })
    forgetOldest()
  }

  /** Resolves when the job is under way and, if it can be begun again, noted: from then on a kill is no loss. */
  async function start<T extends JobTask>(spec: JobSpec<T>): Promise<Job> {
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
    const { task, datasetIds } = spec
    const noted = isRestartable(task) ? notes.write(job, task) : Promise.resolve()
    const mine: Entry = { job, datasetIds, abort: new AbortController(), noted, ended: Promise.resolve() }
    entries.set(job.id, mine)
    mine.ended = work(mine, spec)
    // That it could not be written ends the job, which tells it.
    await noted.catch(() => {})
    return job
  }

  /** Notes that no job of this session belongs to: of those that make the same thing, begun again and killed at once, the latest. */
  async function left() {
    const found = new Map<string, Note>()
    for (const note of await notes.list()) {
      if (entries.has(note.job.id)) continue
      const older = found.get(note.task.id)
      if (older) await notes.remove(older.job.id)
      if (await notes.isDone(note)) await notes.remove(note.job.id)
      else found.set(note.task.id, note)
    }
    return [...found.values()]
  }

  async function leftBehind(id: string) {
    const note = await notes.get(id)
    if (!entries.has(id)) return note
    throw new AppError({ code: 'busy', message: `${note.job.label} is under way.` })
  }

  const handlers: Pick<
    Handlers,
    'jobs.get' | 'jobs.list' | 'jobs.cancel' | 'jobs.interrupted' | 'jobs.restart' | 'jobs.discard'
  > = {
    'jobs.get': async ({ id }) => entry(id).job,
    'jobs.list': async () => [...entries.values()].map(({ job }) => job),
    /** Resolves once the work has stopped and its files are gone. */
    'jobs.cancel': async ({ id }) => {
      const found = entry(id)
      found.abort.abort()
      await found.ended
      return found.job
    },
    'jobs.interrupted': async () =>
      Promise.all((await left()).map(async (note) => ({ ...note.job, obstacle: await obstacleTo(note) }))),
    'jobs.restart': async ({ id }) => {
      const note = await leftBehind(id)
      const obstacle = await obstacleTo(note)
      if (obstacle) throw new AppError(obstacle)
      const begin = begins[note.task.kind] as Begin<RestartableTask> | undefined
      if (!begin)
        throw new AppError({ code: 'internal', message: `Work of kind ${note.task.kind} cannot be begun again.` })
      const job = await begin(note.task)
      // Only now that the new one is noted: killed in between, the studio must find one of the two.
      await notes.remove(id)
      return job
    },
    'jobs.discard': async ({ id }) => {
      await leftBehind(id)
      await notes.discard(id)
      return {}
    },
  }

  return {
    handlers,
    start,
    /** Says how work of a kind is begun from its task, once more or for the first time. */
    restartWith<K extends RestartableTask['kind']>(kind: K, begin: Begin<Extract<RestartableTask, { kind: K }>>): void {
      begins[kind] = begin as never
    },
    /** Whether a running job works on this dataset. */
    uses: (datasetId: string): boolean =>
      [...entries.values()].some(({ job, datasetIds }) => job.state === 'running' && datasetIds.includes(datasetId)),
  }
}

export type Jobs = ReturnType<typeof createJobs>
