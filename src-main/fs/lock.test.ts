import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { lockFolder } from './lock.ts'
import { processStart } from './process-start.ts'

const owner = (pid: number, start: string | null) =>
  JSON.stringify({ pid, start, token: 'other', since: '2020-01-01T00:00:00.000Z' })

/** A process that lives until the test ends. */
async function livingProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'])
  onTestFinished(() => void child.kill())
  await once(child, 'spawn')
  return child.pid!
}

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

it('is held once, and free again after its release', async () => {
  const folder = await tempDir()
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'busy', details: { pid: process.pid } })
  await lock.release()
  await (await lockFolder(folder)).release()
  expect(await readdir(folder)).toEqual([])
})

it('names the living process that holds it', async () => {
  const folder = await tempDir()
  const pid = await livingProcess()
  await writeFile(join(folder, 'studio.lock'), owner(pid, processStart(pid)))
  await expect(lockFolder(folder)).rejects.toThrow(`process ${pid}`)
  expect(await readdir(folder)).toEqual(['studio.lock'])
})

it.each([
  ['whose process is gone', async () => owner(await deadProcess(), null)],
  ['whose process id another process has now', async () => owner(await livingProcess(), 'another-boot/1')],
  ['that was cut off', async () => '{"pid":'],
])('takes over a lock %s', async (_, content) => {
  const folder = await tempDir()
  await writeFile(join(folder, 'studio.lock'), await content())
  const lock = await lockFolder(folder)
  expect(JSON.parse(await readFile(join(folder, 'studio.lock'), 'utf8'))).toMatchObject({ pid: process.pid })
  await lock.release()
})

it('goes to one of many that want it at once', async () => {
  const folder = await tempDir()
  await writeFile(join(folder, 'studio.lock'), owner(await deadProcess(), null))
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['studio.lock'])
})

it('sweeps what a starter that died on the way left', async () => {
  const folder = await tempDir()
  await writeFile(join(folder, 'studio.lock.new-1'), owner(await deadProcess(), null))
  const lock = await lockFolder(folder)
  expect(await readdir(folder)).toEqual(['studio.lock'])
  await lock.release()
})

it('is not released by one who no longer holds it', async () => {
  const folder = await tempDir()
  const lock = await lockFolder(folder)
  await writeFile(join(folder, 'studio.lock'), owner(1, null))
  await lock.release()
  expect(await readdir(folder)).toEqual(['studio.lock'])
})
