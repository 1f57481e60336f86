import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { pretendCard } from './support/card.ts'
import { plainText, TestFiles } from './support/files.ts'
import {
  createTokenizer,
  field,
  goTo,
  importFile,
  pretraining,
  reaches,
  startTraining,
  storedLosses,
  storedRuns,
} from './support/flow.ts'
import { killGpuProcess } from './support/gpu-process.ts'
import { chooseBackend } from './support/settings.ts'
import { expect, test } from './support/test.ts'

/** The chip of the status bar; also while a dialog hides the rest from screen readers. */
const deviceButton = (page: Page) => page.locator('footer button')

/** Steps 1 to `steps`, each once. */
const stepsUpTo = (steps: number) => Array.from({ length: steps }, (_, i) => i + 1)

test('without WebGPU the studio trains on the processor, says why, and the run records it', async ({
  open,
  dataDir,
  host,
}) => {
  test.skip(host === 'electron', 'WebGPU is taken away by a switch of the browser')
  const studio = await open(dataDir, { webgpu: false })
  const { page } = studio
  const runId = await pretraining(studio, 30)
  await expect(page.getByText(/Finished: 30 steps/)).toBeVisible({ timeout: 120_000 })
  expect([...storedLosses(dataDir, runId).keys()]).toEqual(stepsUpTo(30))
  expect(storedRuns(dataDir)[0]?.backend).toMatchObject({
    kind: 'cpu',
    adapter: expect.stringContaining('WebAssembly'),
    threads: expect.any(Number),
  })

  await page.getByText('Settings of this run').click()
  await expect(page.getByText(/^Processor: WebAssembly/)).toBeVisible()
  await page.getByRole('button', { name: /^CPU, \d+ threads? \(no graphics card\)/ }).click()
  await expect(page.getByRole('dialog')).toContainText('No graphics card that WebGPU can use was found')
})

test('WebGPU trains where it is chosen, and comes back each time its process is killed in mid-run', async ({
  open,
  dataDir,
}) => {
  test.skip(process.platform !== 'linux', 'processes are found through /proc')
  chooseBackend(dataDir, 'webgpu')
  const studio = await open(dataDir)
  const { page } = studio
  // A model of almost nothing: after each loss its kernels are compiled anew, which takes a software adapter seconds.
  await importFile(page, new TestFiles(join(dataDir, 'mine')).write('tale.txt', plainText(30_000)))
  await createTokenizer(page, 300)
  await page.getByRole('button', { name: 'Choose a model' }).click()
  for (const [label, value] of Object.entries({ Heads: 1, Layers: 1, Width: 16, Context: 16 })) {
    await field(page, label).fill(`${value}`)
  }
  await page.getByRole('button', { name: 'Go to Pretrain' }).click()
  await startTraining(page, 24, { 'Save every': 4, 'Measure every': 24, 'Batch size': 1 })
  const runId = storedRuns(dataDir)[0]!.id
  for (const step of [5, 10, 15]) {
    await reaches(dataDir, runId, step)
    expect(killGpuProcess()).toBe(true)
  }
  await expect(page.getByText('The graphics device is treated gently.')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText(/Finished: 24 steps/)).toBeVisible({ timeout: 120_000 })
  expect([...storedLosses(dataDir, runId).keys()]).toEqual(stepsUpTo(24))
  expect(storedRuns(dataDir)[0]).toMatchObject({ status: 'finished', step: 24, backend: { kind: 'webgpu' } })
})

test('a graphics card that stays away leaves its run to the processor', async ({ open, dataDir, host }) => {
  test.skip(host === 'electron', 'the card is a disguise that the web host’s page wears')
  const studio = await open(dataDir, { prepare: (page) => pretendCard(page, 2) })
  const { page } = studio
  const device = deviceButton(page)
  await expect(device).toHaveText('GPU: acme Test Card')
  const runId = await pretraining(studio, 40, 4)
  await reaches(dataDir, runId, 5)
  await device.click()
  await page.getByRole('button', { name: 'Restart the device' }).click()
  await expect(page.getByText(/did not come back; the run goes on from step \d+ on the processor/)).toBeVisible({
    timeout: 60_000,
  })
  await expect(device).toHaveText(/CPU, \d+ threads? \(the card was lost\)/)
  await expect(page.getByText(/Finished: 40 steps/)).toBeVisible({ timeout: 120_000 })
  expect([...storedLosses(dataDir, runId).keys()]).toEqual(stepsUpTo(40))
  expect(storedRuns(dataDir)[0]).toMatchObject({ status: 'finished', backend: { kind: 'cpu' } })
})

test('where WebGPU was chosen, the person decides whether the processor goes on', async ({ open, dataDir, host }) => {
  test.skip(host === 'electron', 'the card is a disguise that the web host’s page wears')
  chooseBackend(dataDir, 'webgpu')
  const studio = await open(dataDir, { prepare: (page) => pretendCard(page, 2) })
  const { page } = studio
  const runId = await pretraining(studio, 40, 4)
  await reaches(dataDir, runId, 5)
  await deviceButton(page).click()
  await page.getByRole('button', { name: 'Restart the device' }).click()
  await page.getByRole('button', { name: 'Continue on the processor' }).click({ timeout: 60_000 })
  await expect(page.getByText(/Finished: 40 steps/)).toBeVisible({ timeout: 120_000 })
  expect([...storedLosses(dataDir, runId).keys()]).toEqual(stepsUpTo(40))
  expect(storedRuns(dataDir)[0]).toMatchObject({ status: 'finished', backend: { kind: 'cpu' } })
})

test('the choice of device and threads is taken up at once, or after the run, and is kept', async ({
  studio,
  dataDir,
}) => {
  const { page } = studio
  const device = deviceButton(page)
  const dialog = page.getByRole('dialog')
  await device.click()
  const cores = await page.evaluate(() => navigator.hardwareConcurrency)
  test.skip(cores < 2, 'one core leaves no choice of threads')
  await field(page, 'Threads of the processor').fill('1')
  await expect(device).toHaveText(/CPU, 1 thread /)
  await dialog.getByRole('radio', { name: /Graphics card/ }).click()
  await expect(device).toHaveText(/GPU/)
  await dialog.getByRole('radio', { name: /Processor/ }).click()
  await expect(device).toHaveText('CPU, 1 thread (your choice)')
  await dialog.getByRole('button', { name: 'Close' }).first().click()

  await pretraining(studio, 2000)
  await device.click()
  await dialog.getByRole('radio', { name: /Automatic/ }).click()
  await expect(dialog).toContainText(/Taken up when “.+” has ended/)
  await dialog.getByRole('button', { name: 'Close' }).first().click()
  await page.getByRole('button', { name: 'Stop training' }).click()
  await page.getByRole('button', { name: 'Stop and save' }).click()
  await expect(device).toHaveText('CPU, 1 thread (no graphics card)')
  expect(storedRuns(dataDir)[0]?.backend).toMatchObject({ kind: 'cpu', threads: 1 })

  await page.reload()
  await expect(device).toHaveText('CPU, 1 thread (no graphics card)')
  await goTo(page, 'Pretrain')
  await expect(page.getByText(/Stopped by you/)).toBeVisible()
})
