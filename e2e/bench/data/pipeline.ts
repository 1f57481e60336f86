import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Input, Method, Output } from '@shared/contract/api.ts'
import type { Job, Purpose } from '@shared/contract/schemas.ts'
import { openStudio } from '../../../src-main/app/studio.ts'
import { createThreadRunner } from '../../../src-main/jobs/thread-runner.ts'
import { createDataService } from '../../../src-main/services/data.ts'

export type PipelineTask = 'tokenize' | 'import' | 'cancel' | 'probe'

/** What the process prints: milliseconds, and what was seen meanwhile. */
export interface PipelineResult {
  ms: number
  /** By what was done ("import", "tokenize"): milliseconds, and those that all threads together spent on a processor. */
  parts: Record<string, { ms: number; cpuMs: number }>
  /** Most that the memory of the process rose by, in bytes. */
  rssRise: number
  /** Longest that the page waited for an answer, in milliseconds, asked every 50 ms. */
  longestAnswer: number
  lines: string[]
}

/** A studio in a process of its own, as both hosts run it, that works on one big file: TASK FILE FOLDER PURPOSE. */
const [task, file, folder, purpose] = process.argv.slice(2) as [PipelineTask, string, string, Purpose]
mkdirSync(folder, { recursive: true })
const studio = await openStudio({
  dataDir: join(folder, 'data'),
  host: 'web',
  rendererDir: folder,
  createData: (ctx, sources) =>
    createDataService(
      ctx,
      sources,
      createThreadRunner(() => join(import.meta.dirname, 'job.js')),
    ),
  log: (line) => console.error(line),
})

async function call<M extends Method>(method: M, input: Input<M>): Promise<Output<M>> {
  const request = new Request(`http://127.0.0.1/api/${method}`, { method: 'POST', body: JSON.stringify(input) })
  const response = await studio.handle(request)
  const body: unknown = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(body))
  return body as Output<M>
}

const result: PipelineResult = { ms: 0, parts: {}, rssRise: 0, longestAnswer: 0, lines: [] }
const rss = process.memoryUsage().rss
let asked = performance.now() + 50
/** Asks as the page does; the answer cannot come while the main thread is busy. */
async function ask(): Promise<void> {
  await call('jobs.list', {})
  const now = performance.now()
  result.longestAnswer = Math.max(result.longestAnswer, now - asked)
  result.rssRise = Math.max(result.rssRise, process.memoryUsage().rss - rss)
  asked = now + 50
}
const asking = setInterval(() => void ask(), 50)

async function timed<T>(part: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const cpu = process.cpuUsage()
  const made = await work()
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  result.parts[part] = { ms, cpuMs: (user + system) / 1000 }
  result.ms += ms
  return made
}

async function settled(job: Job): Promise<Job> {
  for (;;) {
    const now = await call('jobs.get', { id: job.id })
    if (now.state === 'failed') throw new Error(now.error?.message ?? 'the job failed')
    if (now.state !== 'running') return now
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const { id } = await studio.registerPath(file)
const seen = await timed('probe', () => call('sources.probe', { id }))
if (seen.error) throw new Error(seen.error.message)
result.lines.push(`the file is shown after ${Math.round(result.parts.probe!.ms)} ms`)

const importing = () =>
  call('datasets.import', {
    name: basename(file),
    purpose,
    files: [{ sourceId: id, encoding: seen.encoding, roles: seen.roles }],
    seed: 1,
  })

const sizeOf = (path: string): number =>
  readdirSync(path, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => {
    const info = statSync(join(path, name))
    return sum + (info.isFile() ? info.size : 0)
  }, 0)

if (task === 'probe') {
  // Nothing more: the preview is what a person waits for.
} else if (task === 'cancel') {
  const job = await importing()
  while ((await call('jobs.get', { id: job.id })).done < statSync(file).size / 4)
    await new Promise((resolve) => setTimeout(resolve, 20))
  const held = sizeOf(join(folder, 'data', 'datasets'))
  await timed('cancel', () => call('jobs.cancel', { id: job.id }))
  const left = sizeOf(join(folder, 'data', 'datasets'))
  result.ms = result.parts.cancel!.ms
  result.lines.push(
    `cancelled in ${Math.round(result.ms)} ms: ${(held / 1e6).toFixed(0)} MB on the disk before, ${(left / 1e6).toFixed(0)} MB after`,
  )
} else {
  const job = await timed('import', async () => settled(await importing()))
  const dataset = await call('datasets.get', { id: job.resultId })
  const { total, kept } = dataset.problems
  result.lines.push(
    `${total} records left out${kept.length > 0 && total <= 20 ? `, on lines ${kept.map(({ line }) => line).join(', ')}` : ''}`,
  )
  if (task === 'tokenize') {
    const made = await timed('tokenize', async () =>
      settled(await call('tokenizers.create', { datasetId: dataset.id, kind: 'gpt2', vocabSize: 0 })),
    )
    const { tokens } = await call('tokenizers.get', { id: made.resultId })
    result.lines.push(`${(tokens.train + tokens.val).toLocaleString('en')} tokens`)
  }
}
clearInterval(asking)
await studio.close()
rmSync(folder, { recursive: true, force: true })
console.log(JSON.stringify(result))
