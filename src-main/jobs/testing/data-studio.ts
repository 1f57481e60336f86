import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppErrorData } from '@shared/contract/errors.ts'
import { toErrorData } from '@shared/contract/errors.ts'
import type {
  Dataset,
  Job,
  Purpose,
  Role,
  TextEncoding,
  TokenizerInfo,
  TokenizerKind,
} from '@shared/contract/schemas.ts'
import { onTestFinished } from 'vitest'
import { createContext, type Context } from '../../services/context.ts'
import { createDataService } from '../../services/data.ts'
import { runTask } from '../run-task.ts'
import type { JobRunner, Sample } from '../task.ts'

/** A file's content: text as UTF-8, or bytes. */
export type Content = string | Uint8Array

interface ImportOptions {
  roles?: Record<string, Role>
  seed?: number
  encoding?: TextEncoding
  sample?: Sample
}

/** The data service over a temporary folder with its jobs run in this thread, and files handed over by content. */
export async function dataStudio(run: JobRunner = runTask) {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-data-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const ctx: Context = createContext(join(folder, 'data'), () => {})
  await mkdir(ctx.dataDir)
  const jobs: Job[] = []
  const known = new Map<string, { name: string; path: string; bytes: number }>()
  const waiting = new Map<string, (job: Job) => void>()
  ctx.events.subscribe((event) => {
    if (event.type !== 'job') return
    jobs.push(event.job)
    if (event.job.state !== 'running') waiting.get(event.job.id)?.(event.job)
  })
  const data = createDataService(
    ctx,
    {
      get(id) {
        const found = known.get(id)
        if (!found) throw new Error(`no source ${id}`)
        return { source: { id, name: found.name, bytes: found.bytes }, path: found.path }
      },
      remove: async (id) => void known.delete(id),
    },
    run,
  )

  function addPath(name: string, path: string, bytes: number): string {
    const id = `source-${known.size}`
    known.set(id, { name, path, bytes })
    return id
  }

  async function add(name: string, content: Content): Promise<string> {
    const path = join(folder, `file-${known.size}`)
    await writeFile(path, content)
    return addPath(name, path, Buffer.from(content).length)
  }

  const ended = (job: Job): Promise<Job> =>
    new Promise((resolve) => {
      waiting.set(job.id, resolve)
      void data['jobs.get']({ id: job.id }).then((now) => now.state !== 'running' && resolve(now))
    })

  async function probe(name: string, content: Content, encoding?: TextEncoding) {
    return data['sources.probe']({ id: await add(name, content), encoding })
  }

  /** Starts an import with the roles that the probe suggests. */
  async function startImport(purpose: Purpose, files: [name: string, content: Content][], options: ImportOptions = {}) {
    const chosen = []
    for (const [name, content] of files) {
      const sourceId = await add(name, content)
      const seen = await data['sources.probe']({ id: sourceId, encoding: options.encoding })
      chosen.push({
        sourceId,
        encoding: options.encoding ?? seen.encoding,
        roles: options.roles ?? seen.roles,
        sample: options.sample,
      })
    }
    const name = files.map(([file]) => file).join(' + ')
    return data['datasets.import']({ name, purpose, files: chosen, seed: options.seed ?? 123 })
  }

  async function importFiles(...args: Parameters<typeof startImport>): Promise<Dataset> {
    const job = await ended(await startImport(...args))
    if (job.state !== 'done') throw job.error ?? new Error(`import ${job.state}`)
    return data['datasets.get']({ id: job.resultId })
  }

  async function makeTokenizer(datasetId: string, kind: TokenizerKind, vocabSize = 300): Promise<TokenizerInfo> {
    const job = await ended(await data['tokenizers.create']({ datasetId, kind, vocabSize }))
    if (job.state !== 'done') throw job.error ?? new Error(`tokenizer ${job.state}`)
    return data['tokenizers.get']({ id: job.resultId })
  }

  const file = (...parts: string[]) => join(ctx.dataDir, ...parts)
  return {
    ctx,
    data,
    jobs,
    add,
    addPath,
    ended,
    probe,
    startImport,
    importFiles,
    makeTokenizer,
    file,
    /** Records of a part of an instruct or classify dataset. */
    records: async (id: string, part: string): Promise<Record<string, string>[]> =>
      (await readFile(file('datasets', id, `${part}.jsonl`), 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, string>),
    text: (id: string, part: string): Promise<string> => readFile(file('datasets', id, `${part}.txt`), 'utf8'),
    /** Every path under the data folder. */
    everything: async (): Promise<string[]> =>
      (await readdir(ctx.dataDir, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
  }
}

/** The error data that a promise rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<AppErrorData> {
  try {
    await promise
  } catch (error) {
    return typeof error === 'object' && error !== null && !(error instanceof Error)
      ? (error as AppErrorData)
      : toErrorData(error)
  }
  throw new Error('it was expected to fail')
}

/** UTF-16 bytes of a text. */
export function utf16(text: string, encoding: 'utf-16le' | 'utf-16be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le')
  return encoding === 'utf-16le' ? bytes : bytes.swap16()
}
