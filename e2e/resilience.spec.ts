import { closeSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { plainText, TestFiles } from './support/files.ts'
import {
  chooseModel,
  createTokenizer,
  importFile,
  startTraining,
  storedCheckpoints,
  storedLosses,
  storedRuns,
} from './support/flow.ts'
import { expect, test } from './support/test.ts'
import type { RunningStudio } from './support/host.ts'

/** From an empty studio to a pretraining run that saves every ten steps. */
async function pretraining({ page, dataDir }: RunningStudio, steps: number): Promise<string> {
  const files = new TestFiles(join(dataDir, 'mine'))
  await importFile(page, files.write('tale.txt', plainText(30_000)))
  await createTokenizer(page, 300)
  await chooseModel(page, 32)
  await startTraining(page, steps, { 'Save every': 10, 'Measure every': 20, 'Batch size': 4 })
  return storedRuns(dataDir)[0]!.id
}

/** Waits until the losses on disk reach `step`. */
const reaches = (dataDir: string, runId: string, step: number) =>
  expect
    .poll(() => Math.max(0, ...storedLosses(dataDir, runId).keys()), { timeout: 120_000 })
    .toBeGreaterThanOrEqual(step)

function flipBit(path: string): void {
  const at = Math.floor(statSync(path).size / 2)
  const file = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  byte[0] = byte[0]! ^ 0x10
  writeSync(file, byte, 0, 1, at)
  closeSync(file)
}

test('a killed studio offers to resume, passes over a damaged checkpoint, and repeats the same losses', async ({
  open,
  dataDir,
}) => {
  const first = await open(dataDir)
  const runId = await pretraining(first, 60)
  await reaches(dataDir, runId, 25)
  await first.kill()
  const before = storedLosses(dataDir, runId)
  const saved = storedCheckpoints(dataDir, runId).sort()
  expect(saved.length).toBeGreaterThanOrEqual(2)
  const newest = saved.sort((a, b) => manifestStep(dataDir, runId, a) - manifestStep(dataDir, runId, b)).at(-1)!
  flipBit(join(dataDir, 'runs', runId, 'checkpoints', newest, 'model.safetensors'))

  const { page } = await open(dataDir)
  await page
    .getByRole('link', { name: /tale/i })
    .or(page.getByRole('button', { name: /tale/i }))
    .first()
    .click()
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /Pretrain/ })
    .click()
  await expect(page.getByText(/was interrupted at step/)).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(page.getByText(/Finished: 60 steps/)).toBeVisible({ timeout: 240_000 })

  const after = storedLosses(dataDir, runId)
  expect([...after.keys()]).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
  for (const [step, loss] of before) expect(after.get(step), `loss at step ${step}`).toBe(loss)
})

test('a device lost in mid-run comes back, and the run goes on to its end', async ({ studio, dataDir }) => {
  const { page } = studio
  const runId = await pretraining(studio, 50)
  await reaches(dataDir, runId, 12)
  await page.getByRole('button', { name: /GPU/ }).click()
  await page.getByRole('button', { name: 'Restart the device' }).click()
  await expect(page.getByText(/Finished: 50 steps/)).toBeVisible({ timeout: 240_000 })
  expect([...storedLosses(dataDir, runId).keys()]).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  expect(storedRuns(dataDir)[0]).toMatchObject({ status: 'finished', step: 50 })
})

test('pause holds the run, continue goes on, stop keeps the model', async ({ studio, dataDir }) => {
  const { page } = studio
  const runId = await pretraining(studio, 2000)
  await reaches(dataDir, runId, 3)
  await page.getByRole('button', { name: 'Pause training' }).click()
  await expect(page.getByRole('button', { name: 'Continue training' })).toBeVisible()
  await expect.poll(() => storedRuns(dataDir)[0]?.status).toBe('paused')
  const held = Math.max(...storedLosses(dataDir, runId).keys())
  await page.getByRole('button', { name: 'Continue training' }).click()
  await reaches(dataDir, runId, held + 3)

  await page.getByRole('button', { name: 'Stop training' }).click()
  await page.getByRole('button', { name: 'Stop and save' }).click()
  await expect(page.getByText(/Stopped by you at step/)).toBeVisible({ timeout: 60_000 })
  const run = storedRuns(dataDir)[0]!
  expect(run.status).toBe('stopped')
  expect(storedCheckpoints(dataDir, runId).map((name) => manifestStep(dataDir, runId, name))).toContain(run.step)
})

test('without a WebGPU adapter the studio opens, says why nothing can be trained, and keeps the rest usable', async ({
  open,
  dataDir,
  host,
}) => {
  test.skip(host === 'electron', 'the adapter is taken away by a switch of the browser')
  const { page } = await open(dataDir, { webgpu: false })
  const files = new TestFiles(join(dataDir, 'mine'))
  await importFile(page, files.write('tale.txt', plainText(30_000)))
  await createTokenizer(page, 300)
  await page.getByRole('button', { name: 'No engine' }).click()
  await expect(page.getByRole('dialog')).toContainText(/WebGPU/)
  await page.getByRole('button', { name: 'Close' }).first().click()
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /Pretrain/ })
    .click()
  await expect(page.getByRole('main')).toContainText(/WebGPU/)
})

function manifestStep(dataDir: string, runId: string, checkpoint: string): number {
  const path = join(dataDir, 'runs', runId, 'checkpoints', checkpoint, 'manifest.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { state: { step: number } }).state.step
}
