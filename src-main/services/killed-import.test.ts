import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Job } from '@shared/contract/schemas.ts'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { removeTemps } from '../fs/temps.ts'
import { runTask } from '../jobs/run-task.ts'
import { buildThread } from '../jobs/testing/build-thread.ts'
import { createContext } from './context.ts'
import { createDataService } from './data.ts'
import { createSources } from './sources.ts'

let code: Awaited<ReturnType<typeof buildThread>>
beforeAll(async () => {
  code = await buildThread({ child: 'jobs/testing/importing-child.ts' })
}, 60_000)
afterAll(() => code.remove())

const LINE = 'It was the best of lines, and it was there again and again.\n'
const LINES = 800_000

/** A data folder in which a process was killed (SIGKILL) in the midst of an import, opened anew as the studio opens it. */
async function killedImport() {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-killed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  const dataDir = join(folder, 'data')
  await mkdir(dataDir)
  const file = join(folder, 'long.txt')
  writeFileSync(file, LINE.repeat(LINES))

  const child = spawn(process.execPath, [code.built('child'), dataDir, file, code.entry], { stdio: 'inherit' })
  const exit = once(child, 'exit')
  const datasets = join(dataDir, 'datasets')
  /** Bytes of training text that the import has written so far. */
  const written = () => {
    const temp = existsSync(datasets) ? readdirSync(datasets).find((name) => name.startsWith('.tmp-')) : undefined
    const text = temp && join(datasets, temp, 'train.txt')
    return text && existsSync(text) ? statSync(text).size : 0
  }
  await vi.waitFor(() => expect(written()).toBeGreaterThan(1_000_000), { timeout: 30_000, interval: 2 })
  child.kill('SIGKILL')
  expect((await exit)[1]).toBe('SIGKILL')
  expect(written()).toBeGreaterThan(1_000_000)

  const ctx = createContext(dataDir, () => {})
  const ended = new Promise<Job>((resolve) => {
    ctx.events.subscribe((event) => {
      if (event.type === 'job' && event.job.state !== 'running') resolve(event.job)
    })
  })
  const data = createDataService(ctx, createSources(ctx), runTask)
  await removeTemps(dataDir)
  return { data, datasets, dataDir, ended }
}

async function sha256(...files: string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) await pipeline(createReadStream(file), hash, { end: false })
  return hash.digest('hex')
}

test('a process killed during an import leaves no dataset; the import is offered and can be done again', async () => {
  const { data, datasets, ended } = await killedImport()
  expect(await data['datasets.list']({})).toEqual([])
  const [left, ...others] = await data['jobs.interrupted']({})
  expect(others).toEqual([])
  expect(left).toMatchObject({ kind: 'import', label: 'Import long.txt', purpose: 'pretrain', obstacle: null })

  await data['jobs.restart']({ id: left!.id })
  expect(await ended).toMatchObject({ state: 'done', resultId: left!.resultId })
  const [dataset] = await data['datasets.list']({})
  expect(dataset).toMatchObject({ id: left!.resultId, status: 'ready', lines: expect.any(Number) })
  const made = join(datasets, left!.resultId)
  expect(await sha256(join(made, 'sources', '0'))).toBe(createHash('sha256').update(LINE.repeat(LINES)).digest('hex'))
  expect(await data['jobs.interrupted']({})).toEqual([])
}, 60_000)

test('or it is cleaned up, and nothing of it stays on the disk', async () => {
  const { data, datasets, dataDir } = await killedImport()
  const [left] = await data['jobs.interrupted']({})
  await data['jobs.discard']({ id: left!.id })
  expect(await data['jobs.interrupted']({})).toEqual([])
  expect(readdirSync(datasets)).toEqual([])
  expect(readdirSync(join(dataDir, 'jobs'))).toEqual([])
}, 60_000)
