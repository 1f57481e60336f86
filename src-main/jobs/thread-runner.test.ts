import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildThread } from './testing/build-thread.ts'
import { dataStudio, errorOf } from './testing/data-studio.ts'
import { createThreadRunner } from './thread-runner.ts'

let thread: Awaited<ReturnType<typeof buildThread>>

// The real thread, built as the studio builds it.
beforeAll(async () => {
  thread = await buildThread()
}, 60_000)
afterAll(() => thread.remove())

test('imports and tokenizes in a thread, with progress', async () => {
  const studio = await dataStudio(createThreadRunner(() => thread.entry))
  const dataset = await studio.importFiles('pretrain', [['a.txt', 'Some text.\nAnd more of it.\n'.repeat(100)]])
  const info = await studio.makeTokenizer(dataset.id, 'gpt2')
  expect(info.tokens.train).toBeGreaterThan(100)
  expect(studio.jobs.some(({ phase, done }) => phase === 'Writing tokens' && done > 0)).toBe(true)
})

test('an error of the thread arrives with its code, line and hint', async () => {
  const studio = await dataStudio(createThreadRunner(() => thread.entry))
  const text = Buffer.concat([Buffer.from('x'.repeat(1_100_000)), Buffer.from('\nna\xefve\n', 'latin1')])
  expect(await errorOf(studio.importFiles('pretrain', [['a.txt', text]]))).toMatchObject({
    code: 'bad_encoding',
    details: { line: 2 },
    hint: expect.any(String),
  })
})

test('cancelling ends the thread within a second, whatever it is doing, and nothing stays', async () => {
  const studio = await dataStudio(createThreadRunner(() => thread.entry))
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
  const dying = join(dirname(thread.entry), 'dying.mjs')
  await writeFile(dying, 'process.exit(3)')
  const studio = await dataStudio(createThreadRunner(() => dying))
  const failure = await errorOf(studio.importFiles('pretrain', [['a.txt', 'Text.\n']]))
  expect(failure.message).toContain('ended early (3)')
})

test('work that does not end is ended after its limit, by the error that was named for it', async () => {
  const endless = join(dirname(thread.entry), 'endless.mjs')
  await writeFile(
    endless,
    `import { parentPort } from 'node:worker_threads'
     const error = { code: 'corrupt', message: 'Row group 2 does not end.' }
     parentPort.postMessage({ type: 'guard', limit: { ms: 1e6, error: { code: 'io', message: 'not this one' } } })
     parentPort.postMessage({ type: 'guard', limit: null })
     parentPort.postMessage({ type: 'guard', limit: { ms: 20, error } })
     for (;;);`,
  )
  const run = createThreadRunner(() => endless)
  const task = { kind: 'probe', path: '', source: { id: 'a', name: 'a', bytes: 1 }, reading: {} } as const
  const ended = run(task, { progress: () => {}, signal: new AbortController().signal })
  expect(await errorOf(ended)).toMatchObject({ code: 'corrupt', message: 'Row group 2 does not end.' })
})
