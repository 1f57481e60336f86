import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { cancelled } from '../jobs/cancel.ts'
import { runTask } from '../jobs/run-task.ts'
import type { JobRunner } from '../jobs/task.ts'
import { makePdf } from '../testing/pdf.ts'
import { createLook } from './probe.ts'

async function place(name: string, bytes: Uint8Array | string) {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-look-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'file')
  await writeFile(path, bytes)
  return { path, source: { id: 'a', name, bytes: bytes.length } }
}

test('a small text is looked at in place, a large one and a document in a thread', async () => {
  const run = vi.fn(runTask) as unknown as JobRunner
  const look = createLook(run)
  const text = await place('a.txt', 'Some text.\n')
  expect(await look(text.path, text.source, {})).toMatchObject({ kind: 'text', previewLines: ['Some text.', ''] })
  expect(run).not.toHaveBeenCalled()
  const large = await place('b.txt', 'Some text.\n'.repeat(30_000))
  expect(await look(large.path, large.source, {})).toMatchObject({ kind: 'text' })
  expect(run).toHaveBeenCalledOnce()
  const pdf = await place('a.txt', makePdf([[{ y: 300, text: 'From a PDF.' }]]))
  expect(await look(pdf.path, pdf.source, {})).toMatchObject({ kind: 'pdf', previewLines: ['From a PDF.', '', ''] })
  expect(run).toHaveBeenCalledTimes(2)
})

test('a document that takes too long is given up, one that breaks the thread is named', async () => {
  const hangs = ((_task, { signal }) =>
    new Promise((_, refuse) => signal.addEventListener('abort', () => refuse(cancelled())))) as JobRunner
  const pdf = await place('slow.pdf', '%PDF-1.7')
  expect((await createLook(hangs, 20)(pdf.path, pdf.source, {})).error).toMatchObject({
    code: 'unsupported',
    message: 'slow.pdf could not be looked at within 0.02 seconds.',
  })
  const breaks = (() => Promise.reject(new Error('out of memory'))) as JobRunner
  expect((await createLook(breaks)(pdf.path, pdf.source, {})).error).toMatchObject({ message: 'out of memory' })
})
