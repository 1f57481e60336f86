import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { plainText, TestFiles } from './support/files.ts'
import {
  expectEachStepOnce,
  goTo,
  lastStep,
  pretrain,
  reaches,
  stopTraining,
  storedCheckpoints,
  storedLosses,
  storedRuns,
} from './support/flow.ts'
import { expect, test } from './support/test.ts'

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
  openTale,
  dataDir,
}) => {
  const first = await openTale()
  const runId = await pretrain(first)
  await reaches(dataDir, runId, 25)
  await first.kill()
  const before = storedLosses(dataDir, runId)
  const saved = storedCheckpoints(dataDir, runId)
  expect(saved.length).toBeGreaterThanOrEqual(2)
  const newest = saved.sort((a, b) => manifestStep(dataDir, runId, a) - manifestStep(dataDir, runId, b)).at(-1)!
  flipBit(join(dataDir, 'runs', runId, 'checkpoints', newest, 'model.safetensors'))

  const { page } = await open(dataDir)
  await page.getByRole('link', { name: /^Tale/ }).click()
  await goTo(page, 'Pretrain')
  await expect(page.getByText(/was interrupted at step/)).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await reaches(dataDir, runId, before.size + 5)
  await stopTraining(page)

  expectEachStepOnce(dataDir, runId)
  const after = storedLosses(dataDir, runId)
  for (const [step, loss] of before) expect(after.get(step), `loss at step ${step}`).toBe(loss)
})

test('pause holds the run, continue goes on, stop keeps the model', async ({ openTale, dataDir }) => {
  const studio = await openTale()
  const { page } = studio
  const runId = await pretrain(studio)
  await reaches(dataDir, runId, 3)
  await page.getByRole('button', { name: 'Pause training' }).click()
  await expect(page.getByRole('button', { name: 'Continue training' })).toBeVisible()
  await expect.poll(() => storedRuns(dataDir)[0]?.status).toBe('paused')
  const held = lastStep(dataDir, runId)
  await page.getByRole('button', { name: 'Continue training' }).click()
  await reaches(dataDir, runId, held + 3)

  await stopTraining(page)
  const run = storedRuns(dataDir)[0]!
  expect(run.status).toBe('stopped')
  expect(storedCheckpoints(dataDir, runId).map((name) => manifestStep(dataDir, runId, name))).toContain(run.step)
})

test('a studio killed during an import lists no dataset, and offers to import again or to clean up', async ({
  open,
  dataDir,
}) => {
  const name = 'a long tale.txt'
  const file = new TestFiles(join(dataDir, 'mine')).write(name, plainText(1_000_000).repeat(150))
  const first = await open(dataDir)
  await first.page.locator('input[type=file]').first().setInputFiles(file)
  await first.page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(first.page.getByText('Making the dataset')).toBeVisible()
  await first.kill()

  const second = await open(dataDir)
  expect(finishedDatasets(dataDir)).toEqual([])
  await second.page
    .getByRole('link', { name: /long tale/i })
    .first()
    .click()
  const offer = second.page.getByRole('group', { name: `Import ${name} was cut off` })
  await expect(offer).toContainText('Nothing half-made is used.')
  await offer.getByRole('button', { name: 'Continue' }).click()
  await expect(second.page.getByText('Making the dataset')).toBeVisible()
  await second.kill()

  const { page } = await open(dataDir)
  await page
    .getByRole('link', { name: /long tale/i })
    .first()
    .click()
  const again = page.getByRole('group', { name: `Import ${name} was cut off` })
  await again.getByRole('button', { name: 'Remove' }).click()
  await expect(again).toHaveCount(0)
  for (const folder of ['datasets', 'uploads', 'jobs']) expect(readdirSync(join(dataDir, folder))).toEqual([])
})

/** Datasets on disk, but for those that are being made. */
const finishedDatasets = (dataDir: string): string[] =>
  readdirSync(join(dataDir, 'datasets')).filter((name) => !name.startsWith('.'))

function manifestStep(dataDir: string, runId: string, checkpoint: string): number {
  const path = join(dataDir, 'runs', runId, 'checkpoints', checkpoint, 'manifest.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { state: { step: number } }).state.step
}
