import { existsSync } from 'node:fs'
import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Job } from '@shared/contract/schemas.ts'
import { expect, test, vi } from 'vitest'
import { removeTemps } from '../fs/temps.ts'
import { runTask } from '../jobs/run-task.ts'
import type { JobRunner, Task } from '../jobs/task.ts'
import { dataStudio, errorOf } from '../jobs/testing/data-studio.ts'
import { createDataService } from './data.ts'
import { createJobNotes } from './job-notes.ts'

/** A runner that never ends, as when the studio is killed in the midst of the work. */
const never = (() => new Promise(() => {})) as JobRunner

/** A studio whose work `task` was cut off, and the same data folder opened anew. */
async function killed(begin: (studio: Awaited<ReturnType<typeof dataStudio>>) => Promise<Job>) {
  let hold = false
  const studio = await dataStudio(((task: Task, tools) =>
    hold ? never(task, tools) : runTask(task, tools)) as JobRunner)
  const dataset = await studio.importFiles('pretrain', [['first.txt', 'A text that is there.\n'.repeat(50)]])
  hold = true
  const job = await begin(studio)
  const notes = studio.file('jobs')
  // Whoever has been told of the work may count on its note.
  expect(await readdir(notes)).toEqual([`${job.id}.json`])
  await removeTemps(studio.ctx.dataDir)
  const sources = { get: () => expect.fail('no source is asked for'), remove: async () => {} }
  const ended = new Map<string, (job: Job) => void>()
  studio.ctx.events.subscribe((event) => {
    if (event.type === 'job' && event.job.state !== 'running') ended.get(event.job.id)?.(event.job)
  })
  const data = createDataService(studio.ctx, sources, runTask)
  const end = (id: string) => new Promise<Job>((resolve) => ended.set(id, resolve))
  return { studio, data, job, dataset, notes, end }
}

const text = 'Once upon a time there was a text.\n'.repeat(200)
const importing = () => killed((studio) => studio.startImport('pretrain', [['story.txt', text]]))

test('an import that was cut off is not listed as a dataset, but offered again', async () => {
  const { data, job, dataset } = await importing()
  expect((await data['datasets.list']({})).map(({ id }) => id)).toEqual([dataset.id])
  expect(await data['jobs.interrupted']({})).toEqual([
    {
      id: job.id,
      kind: 'import',
      label: 'Import story.txt',
      resultId: job.resultId,
      startedAt: expect.any(String),
      purpose: 'pretrain',
      obstacle: null,
    },
  ])
})

test('doing it again makes the dataset that it was to become', async () => {
  const { studio, data, job, notes, end } = await importing()
  const again = await data['jobs.restart']({ id: job.id })
  expect(again).toMatchObject({ label: job.label, resultId: job.resultId })
  expect(await end(again.id)).toMatchObject({ state: 'done' })
  const made = await data['datasets.get']({ id: job.resultId })
  expect(made).toMatchObject({ status: 'ready', name: 'story.txt' })
  expect((await studio.text(made.id, 'train')) + (await studio.text(made.id, 'val'))).toHaveLength(text.length)
  expect(await data['jobs.interrupted']({})).toEqual([])
  expect(await readdir(notes)).toEqual([])
})

test('killed while it was begun again, with the notes of both, it is offered once', async () => {
  const { data, job, notes } = await importing()
  const note = JSON.parse(await readFile(join(notes, `${job.id}.json`), 'utf8')) as { job: Job; task: unknown }
  const later = { ...note, job: { ...note.job, id: 'later', startedAt: new Date(Date.now() + 1000).toISOString() } }
  await writeFile(join(notes, 'later.json'), JSON.stringify(later))
  expect((await data['jobs.interrupted']({})).map(({ id }) => id)).toEqual(['later'])
  expect(await readdir(notes)).toEqual(['later.json'])
})

test('a tokenizer that was cut off is offered again, and made', async () => {
  const { data, job, end } = await killed(async (studio) => {
    const [dataset] = await studio.data['datasets.list']({})
    return studio.data['tokenizers.create']({ datasetId: dataset!.id, kind: 'char', vocabSize: 0 })
  })
  expect(await data['tokenizers.list']({})).toEqual([])
  expect(await data['jobs.interrupted']({})).toMatchObject([
    { id: job.id, kind: 'tokenizer', purpose: null, obstacle: null },
  ])
  const again = await data['jobs.restart']({ id: job.id })
  expect(await end(again.id)).toMatchObject({ state: 'done' })
  expect((await data['tokenizers.list']({})).map(({ id }) => id)).toEqual([job.resultId])
})

test('a file that changed or went stands in the way, and is named', async () => {
  const { studio, data, job } = await importing()
  const { task } = await createJobNotes(studio.ctx).get(job.id)
  const path = 'from' in task && 'files' in task.from ? task.from.files[0]!.path : ''
  await appendFile(path, 'more')
  const [changed] = await data['jobs.interrupted']({})
  expect(changed?.obstacle?.message).toBe('Import story.txt: story.txt has changed since.')
  await rm(path)
  const [gone] = await data['jobs.interrupted']({})
  expect(gone?.obstacle?.message).toBe('Import story.txt: story.txt is no longer where it was.')
  expect(await errorOf(data['jobs.restart']({ id: job.id }))).toMatchObject({ code: 'not_found' })
})

test('cleaning it up forgets it, and deletes the uploads that only it needs', async () => {
  const { studio, data, job } = await importing()
  const notes = createJobNotes(studio.ctx)
  const note = await notes.get(job.id)
  const upload = studio.ctx.paths.upload('upload-of-story')
  await mkdir(studio.ctx.paths.uploads, { recursive: true })
  if (note.task.kind !== 'import' || !('files' in note.task.from)) throw new Error('an import was expected')
  const file = note.task.from.files[0]!
  await cp(file.path, upload)
  await notes.write({ ...job }, { ...note.task, from: { files: [{ ...file, path: upload }] } })
  expect((await notes.left()).files).toEqual(new Set([upload]))

  await data['jobs.discard']({ id: job.id })
  expect(await data['jobs.interrupted']({})).toEqual([])
  expect(await readdir(join(studio.ctx.dataDir, 'jobs'))).toEqual([])
  expect(existsSync(upload)).toBe(false)
  expect(existsSync(file.path)).toBe(true)
  expect(await errorOf(data['jobs.discard']({ id: job.id }))).toMatchObject({ code: 'not_found' })
})

test('work that was killed after its last step is done, and not offered', async () => {
  const { studio, data, job } = await importing()
  await mkdir(studio.ctx.paths.dataset(job.resultId), { recursive: true })
  expect(await data['jobs.interrupted']({})).toEqual([])
})

test('work under way is neither interrupted nor to be done twice', async () => {
  const studio = await dataStudio(never)
  const job = await studio.startImport('pretrain', [['a.txt', text]])
  await vi.waitFor(async () => expect(await readdir(studio.file('jobs'))).toEqual([`${job.id}.json`]))
  expect(await studio.data['jobs.interrupted']({})).toEqual([])
  expect(await errorOf(studio.data['jobs.restart']({ id: job.id }))).toMatchObject({ code: 'busy' })
  expect(await errorOf(studio.data['jobs.discard']({ id: job.id }))).toMatchObject({ code: 'busy' })
})
