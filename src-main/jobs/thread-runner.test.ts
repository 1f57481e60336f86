import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { dataStudio, errorOf } from './testing/data-studio.ts'
import { createThreadRunner } from './thread-runner.ts'

let folder: string
let entry: string

// The real thread, built as the studio builds it.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradus-thread-'))
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    resolve: { alias: { '@shared': resolve(import.meta.dirname, '../../src-shared') } },
    build: {
      ssr: resolve(import.meta.dirname, 'thread.ts'),
      outDir: folder,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'job.mjs' } },
    },
  })
  entry = join(folder, 'job.mjs')
}, 60_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

test('imports and tokenizes in a thread, with progress', async () => {
  const studio = await dataStudio(createThreadRunner(() => entry))
  const dataset = await studio.importFiles('pretrain', [['a.txt', 'Some text.\nAnd more of it.\n'.repeat(100)]])
  const info = await studio.makeTokenizer(dataset.id, 'gpt2')
  expect(info.tokens.train).toBeGreaterThan(100)
  expect(studio.jobs.some(({ phase, done }) => phase === 'Writing tokens' && done > 0)).toBe(true)
})

test('an error of the thread arrives with its code, line and hint', async () => {
  const studio = await dataStudio(createThreadRunner(() => entry))
  const text = Buffer.concat([Buffer.from('x'.repeat(1_100_000)), Buffer.from('\nna\xefve\n', 'latin1')])
  expect(await errorOf(studio.importFiles('pretrain', [['a.txt', text]]))).toMatchObject({
    code: 'bad_encoding',
    details: { line: 2, count: 1 },
    hint: expect.any(String),
  })
})

test('cancelling ends the thread within a second, whatever it is doing, and nothing stays', async () => {
  const studio = await dataStudio(createThreadRunner(() => entry))
  const words = Array.from({ length: 300_000 }, (_, i) => `w${Math.imul(i + 1, 2_654_435_761) >>> 0}`).join(' ')
  const dataset = await studio.importFiles('pretrain', [['a.txt', words]])
  const before = await studio.everything()
  const job = await studio.data['tokenizers.create']({ datasetId: dataset.id, kind: 'bpe', vocabSize: 60_000 })
  // In the midst of one long synchronous piece of work.
  await vi.waitFor(() => expect(studio.jobs.at(-1)?.phase).toBe('Learning merges'), { timeout: 20_000 })
  const asked = performance.now()
  expect(await studio.data['jobs.cancel']({ id: job.id })).toMatchObject({ state: 'cancelled' })
  expect(performance.now() - asked).toBeLessThan(1000)
  expect(await studio.everything()).toEqual(before)
}, 30_000)

test('a thread that dies is a failed job, not a silent one', async () => {
  const dying = join(folder, 'dying.mjs')
  await writeFile(dying, 'process.exit(3)')
  const studio = await dataStudio(createThreadRunner(() => dying))
  const failure = await errorOf(studio.importFiles('pretrain', [['a.txt', 'Text.\n']]))
  expect(failure.message).toContain('ended early (3)')
})
