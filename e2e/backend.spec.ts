import type { Page } from '@playwright/test'
import { pretendCard } from './support/card.ts'
import {
  expectEachStepOnce,
  field,
  goTo,
  lastStep,
  pretrain,
  reaches,
  stopTraining,
  storedRuns,
} from './support/flow.ts'
import { gpuProcesses, killGpuProcess } from './support/gpu-process.ts'
import { chooseBackend } from './support/settings.ts'
import { expect, test } from './support/test.ts'

/** The chip of the status bar; also while a dialog hides the rest from screen readers. */
const deviceButton = (page: Page) => page.locator('footer button')

test('without WebGPU the studio trains on the processor, says why, and the run records it', async ({
  openTale,
  launch,
  dataDir,
  host,
}) => {
  test.skip(host === 'electron', 'WebGPU is taken away by a switch of the browser')
  const studio = await openTale({ browser: () => launch(false) })
  const { page } = studio
  const runId = await pretrain(studio, { steps: 30 })
  await expect(page.getByText(/Finished: 30 steps/)).toBeVisible()
  expect(expectEachStepOnce(dataDir, runId)).toBe(30)
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
  openTale,
  launch,
  dataDir,
}) => {
  test.skip(process.platform !== 'linux', 'processes are found through /proc')
  chooseBackend(dataDir, 'webgpu')
  const others = gpuProcesses()
  const studio = await openTale({ browser: launch })
  const { page } = studio
  const runId = await pretrain(studio, { 'Save every': 4 })
  let step = 5
  for (let kills = 0; kills < 3; kills++) {
    await reaches(dataDir, runId, step)
    expect(killGpuProcess(others)).toBe(true)
    step = lastStep(dataDir, runId) + 5
  }
  await expect(page.getByText('The graphics device is treated gently.')).toBeVisible()
  await reaches(dataDir, runId, step)
  await stopTraining(page)
  expect(expectEachStepOnce(dataDir, runId)).toBeGreaterThanOrEqual(step)
  expect(storedRuns(dataDir)[0]).toMatchObject({ status: 'stopped', backend: { kind: 'webgpu' } })
})

for (const { chosen, goesOn } of [
  { chosen: 'auto', goesOn: 'leaves its run to the processor' },
  { chosen: 'webgpu', goesOn: 'that was chosen leaves it to the person whether the processor goes on' },
] as const) {
  test(`a graphics card that stays away ${goesOn}`, async ({ openTale, dataDir, host }) => {
    test.skip(host === 'electron', 'the card is a disguise that the web host’s page wears')
    chooseBackend(dataDir, chosen)
    const studio = await openTale({ prepare: (page) => pretendCard(page, 2) })
    const { page } = studio
    const device = deviceButton(page)
    await expect(device).toHaveText(/^GPU: acme Test Card/)
    const runId = await pretrain(studio, { 'Save every': 4 })
    await reaches(dataDir, runId, 5)
    await device.click()
    await page.getByRole('button', { name: 'Restart the device' }).click()
    if (chosen === 'auto') {
      await expect(page.getByText(/did not come back; the run goes on from step \d+ on the processor/)).toBeVisible()
      await expect(device).toHaveText(/CPU, \d+ threads? \(the card was lost\)/)
    } else {
      await page.getByRole('button', { name: 'Continue on the processor' }).click()
    }
    await expect.poll(() => storedRuns(dataDir)[0]?.backend?.kind).toBe('cpu')
    const step = lastStep(dataDir, runId) + 5
    await reaches(dataDir, runId, step)
    await stopTraining(page)
    expect(expectEachStepOnce(dataDir, runId)).toBeGreaterThanOrEqual(step)
    expect(storedRuns(dataDir)[0]).toMatchObject({ status: 'stopped', backend: { kind: 'cpu' } })
  })
}

test('the choice of device and threads is taken up at once, or after the run, and is kept', async ({
  openTale,
  dataDir,
}) => {
  const studio = await openTale()
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

  await pretrain(studio)
  await device.click()
  await dialog.getByRole('radio', { name: /Automatic/ }).click()
  await expect(dialog).toContainText(/Taken up when “.+” has ended/)
  await dialog.getByRole('button', { name: 'Close' }).first().click()
  await stopTraining(page)
  await expect(device).toHaveText('CPU, 1 thread (no graphics card)')
  expect(storedRuns(dataDir)[0]?.backend).toMatchObject({ kind: 'cpu', threads: 1 })

  await page.reload()
  await expect(device).toHaveText('CPU, 1 thread (no graphics card)')
  await goTo(page, 'Pretrain')
  await expect(page.getByText(/Stopped by you/)).toBeVisible()
})
