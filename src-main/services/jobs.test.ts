import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import type { Job } from '@shared/contract/schemas.ts'
import { expect, test, vi } from 'vitest'
import { cancelled } from '../jobs/cancel.ts'
import { dataStudio, errorOf } from '../jobs/testing/data-studio.ts'
import { runTask } from '../jobs/run-task.ts'
import type { JobRunner, JobTools, Progress, Task } from '../jobs/task.ts'

/** A runner that writes a file as a task does, hands out the tools, and ends when it is cancelled or told to fail. */
function heldRunner() {
  const calls: { task: Task; tools: JobTools; fail: (error: unknown) => void }[] = []
  const run = (async (task: Task, tools: JobTools) => {
    if ('folder' in task) await writeFile(join(task.folder, 'half.bin'), 'half')
    return new Promise((_, fail) => {
      calls.push({ task, tools, fail })
      tools.signal.addEventListener('abort', () => fail(cancelled()))
    })
  }) as JobRunner
  return { run, calls, called: () => vi.waitFor(() => expect(calls.length).toBeGreaterThan(0)) }
}

function deferred<T>() {
  let resolve: (value: T | Promise<T>) => void = () => {}
  const promise = new Promise<T>((done) => (resolve = done))
  return { promise, resolve }
}

/** A runner that really runs tasks, and calls `act` in the middle of one: at the first progress that `when` accepts. */
function interruptingRunner(when: (progress: Progress) => boolean, act: () => void): JobRunner {
  let acted = false
  return ((task: Task, tools: JobTools) =>
    runTask(task, {
      ...tools,
      progress(progress) {
        tools.progress(progress)
        if (acted || !when(progress)) return
        acted = true
        act()
      },
    })) as JobRunner
}

test('cancelling leaves nothing of an import, and is told as an event', async () => {
  const cancel = async () => {
    const [job] = await studio.data['jobs.list']({})
    return studio.data['jobs.cancel']({ id: job!.id })
  }
  const ending = deferred<Job>()
  const run = interruptingRunner(
    ({ done, total }) => done > 0 && done < total,
    () => ending.resolve(cancel()),
  )
  const studio = await dataStudio(run)
  const job = await studio.startImport('pretrain', [['big.txt', 'A line of text.\n'.repeat(500_000)]])
  const ended = await ending.promise
  expect(ended).toMatchObject({ state: 'cancelled', resultId: job.resultId })
  expect(ended.error).toBeUndefined()
  expect(studio.jobs.at(-1)).toEqual(ended)
  expect(await studio.everything()).toEqual([])
  expect(await studio.data['datasets.list']({})).toEqual([])
  expect(await studio.data['jobs.cancel']({ id: job.id })).toEqual(ended)
})

test('cancelling leaves nothing of a tokenizer, and the dataset whole', async () => {
  const ending = deferred<Job>()
  const cancel = async () => {
    const running = (await studio.data['jobs.list']({})).find(({ state }) => state === 'running')
    return studio.data['jobs.cancel']({ id: running!.id })
  }
  const run = interruptingRunner(
    ({ phase }) => phase === 'Writing tokens',
    () => ending.resolve(cancel()),
  )
  const studio = await dataStudio(run)
  const dataset = await studio.importFiles('pretrain', [['a.txt', 'A line of text.\n'.repeat(900_000)]])
  const before = await studio.everything()
  await studio.data['tokenizers.create']({ datasetId: dataset.id, kind: 'char', vocabSize: 0 })
  expect(await ending.promise).toMatchObject({ state: 'cancelled' })
  expect(await studio.everything()).toEqual(before)
  expect(await studio.data['tokenizers.list']({})).toEqual([])
})

test('a job that fails keeps its error and nothing else', async () => {
  const { run, calls, called } = heldRunner()
  const studio = await dataStudio(run)
  const job = await studio.startImport('pretrain', [['a.txt', 'Text.\n']])
  await called()
  const error = { code: 'disk_full', message: 'The disk is full.', hint: 'Free some space.' } as const
  calls[0]?.fail(new AppError(error))
  expect(await studio.ended(job)).toMatchObject({ state: 'failed', error })
  expect(await studio.everything()).toEqual([])
})

test('a dataset is not listed before it is whole, even where a killed studio left its folder', async () => {
  const { run, called } = heldRunner()
  const studio = await dataStudio(run)
  await studio.startImport('pretrain', [['a.txt', 'Text.\n']])
  await called()
  await mkdir(studio.file('datasets', '.tmp-left'), { recursive: true })
  await writeFile(studio.file('datasets', '.tmp-left', 'dataset.json'), '{}')
  expect(await studio.data['datasets.list']({})).toEqual([])
})

test('progress reaches the page at most ten times a second, the newest last', async () => {
  const { run, calls, called } = heldRunner()
  const studio = await dataStudio(run)
  const job = await studio.startImport('pretrain', [['a.txt', 'Text.\n']])
  await called()
  vi.useFakeTimers()
  try {
    const before = studio.jobs.length
    for (let done = 1; done <= 1000; done++) {
      calls[0]?.tools.progress({ phase: 'Reading', done, total: 1000, unit: 'bytes' })
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(studio.jobs.length - before).toBeLessThanOrEqual(11)
    expect(studio.jobs.length - before).toBeGreaterThanOrEqual(9)
    await vi.advanceTimersByTimeAsync(200)
    expect(studio.jobs.at(-1)).toMatchObject({ id: job.id, phase: 'Reading', done: 1000 })
  } finally {
    vi.useRealTimers()
  }
})

test('a dataset that a job works on cannot be deleted; afterwards it can, tokens and all', async () => {
  const held = heldRunner()
  let hold = false
  const studio = await dataStudio(((task, tools) => (hold ? held.run : runTask)(task, tools)) as JobRunner)
  const { id } = await studio.importFiles('pretrain', [['a.txt', 'Some text.\nAnd more.\n']])
  hold = true
  const job = await studio.data['tokenizers.create']({ datasetId: id, kind: 'char', vocabSize: 0 })
  await held.called()
  expect(await errorOf(studio.data['datasets.delete']({ id }))).toMatchObject({ code: 'busy' })
  await studio.data['jobs.cancel']({ id: job.id })
  await studio.data['datasets.delete']({ id })
  expect(await studio.everything()).toEqual([])
  expect(await errorOf(studio.data['datasets.get']({ id }))).toMatchObject({ code: 'not_found' })
})

test('jobs are listed and can be asked about; an unknown one is said to be unknown', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['a.txt', 'Some text.\nAnd more.\n']])
  const [job, ...others] = await studio.data['jobs.list']({})
  expect(others).toEqual([])
  expect(job).toMatchObject({ kind: 'import', label: 'Import a.txt', state: 'done', resultId: dataset.id })
  expect(await studio.data['jobs.get']({ id: job?.id ?? '' })).toEqual(job)
  expect(await errorOf(studio.data['jobs.get']({ id: 'none' }))).toMatchObject({ code: 'not_found' })
})
