import { access, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { idSchema, interruptedJobSchema, type InterruptedJob, type Job } from '@shared/contract/schemas.ts'
import * as v from 'valibot'
import { readJson, writeJson } from '../fs/json.ts'
import { entries } from '../fs/temps.ts'
import type { ImportTask, TokenizerTask } from '../jobs/task.ts'
import type { Context } from './context.ts'

/** Work that can be begun again: what it makes lies in folders of its own until it is whole. */
export type RestartableTask = ImportTask | TokenizerTask

/** What is on disk of a job while it runs: `jobs/<id>.json`. The task is the studio's own writing, read back by the same code. */
const noteSchema = v.object({
  version: v.literal(1),
  job: v.omit(interruptedJobSchema, ['obstacle']),
  task: v.looseObject({ kind: v.picklist(['import', 'tokenizer']), id: idSchema }),
})
export type Note = Omit<v.InferOutput<typeof noteSchema>, 'task'> & { task: RestartableTask }

/** Notes of the work under way, which outlive a studio that is killed in the midst of it. */
export function createJobNotes({ dataDir, paths, log }: Pick<Context, 'dataDir' | 'paths' | 'log'>) {
  const folder = join(dataDir, 'jobs')
  const fileOf = (id: string) => join(folder, `${v.parse(idSchema, id)}.json`)

  const read = (id: string) => readJson(fileOf(id), noteSchema, log) as Promise<Note | null>

  async function get(id: string): Promise<Note> {
    const note = await read(id)
    if (note) return note
    throw new AppError({ code: 'not_found', message: 'This work is no longer waiting to be continued.' })
  }

  async function list(): Promise<Note[]> {
    const ids = (await entries(folder)).map(({ name }) => basename(name, '.json')).filter((id) => v.is(idSchema, id))
    const notes = (await Promise.all(ids.map(read))).filter((note): note is Note => note !== null)
    return notes.sort((a, b) => a.job.startedAt.localeCompare(b.job.startedAt))
  }

  const remove = (id: string): Promise<void> => rm(fileOf(id), { force: true })

  /** The copies of files that were handed over through the page and that this work reads. */
  const uploadsOf = ({ task }: Note): string[] =>
    filesOf(task)
      .map(({ path }) => path)
      .filter((path) => dirname(path) === paths.uploads)

  return {
    get,
    list,
    remove,
    write: ({ id, kind, label, resultId }: Job, task: RestartableTask): Promise<void> =>
      writeJson(fileOf(id), {
        version: 1,
        job: {
          id,
          kind,
          label,
          resultId,
          startedAt: new Date().toISOString(),
          purpose: task.kind === 'import' ? task.purpose : null,
        },
        task,
      }),
    /** Whether what the work was to make is there after all: it was killed between its last two steps. */
    isDone: ({ task }: Note): Promise<boolean> =>
      access(task.kind === 'import' ? paths.dataset(task.id) : paths.tokenizer(task.id)).then(
        () => true,
        () => false,
      ),
    /** Forgets the work, and deletes the uploads that only it needs. */
    async discard(id: string): Promise<void> {
      const note = await get(id)
      await remove(id)
      const needed = new Set((await list()).flatMap(uploadsOf))
      for (const path of uploadsOf(note)) if (!needed.has(path)) await rm(path, { force: true })
    },
    /** The work that was cut off, by id, and the paths of the files that it reads. */
    async left(): Promise<{ ids: Set<string>; files: Set<string> }> {
      const found = await list()
      const files = found.flatMap(({ task }) => filesOf(task).map(({ path }) => path))
      return { ids: new Set(found.map(({ job }) => job.id)), files: new Set(files) }
    },
  }
}

/** What stands in the way of doing the work again, or null. */
export async function obstacleTo({ job, task }: Note): Promise<InterruptedJob['obstacle']> {
  for (const { path, name, bytes } of filesOf(task)) {
    const size = await stat(path).then(
      (info) => info.size,
      () => null,
    )
    if (size === (bytes ?? size) && size !== null) continue
    return {
      code: 'not_found',
      message: `${job.label}: ${name} ${size === null ? 'is no longer where it was' : 'has changed since'}.`,
      hint: 'Remove the half-made work, and choose the file again.',
    }
  }
  return null
}

/** The files that a task reads from outside the datasets; of a tokenizer.json the size is not known. */
function filesOf(task: RestartableTask): { path: string; name: string; bytes?: number }[] {
  if (task.kind === 'tokenizer') return task.file ? [task.file] : []
  return 'files' in task.from ? task.from.files : []
}
