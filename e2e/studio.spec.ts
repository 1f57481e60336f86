import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { plainText, TestFiles } from './support/files.ts'
import { chooseModel, createTokenizer, goTo, importFile, startTraining } from './support/flow.ts'
import { expect, test } from './support/test.ts'

const STAGES = ['Data', 'Tokenizer', 'Model', 'Pretrain', 'Instruct', 'Classify', 'Chat']

async function audit(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${where}: ${id} at ${nodes[0]?.target.join(' ')}`)).toEqual([])
}

test('every screen is accessible in light and dark, fits its window, keeps to its content policy and asks nobody outside', async ({
  studio,
  dataDir,
}) => {
  const { page } = studio
  const outside: string[] = []
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url())
    const own = protocol === 'app:' || protocol === 'blob:' || protocol === 'data:' || hostname === '127.0.0.1'
    if (!own) outside.push(request.url())
  })
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))

  await audit(page, 'Home')
  const files = new TestFiles(join(dataDir, 'mine'))
  await importFile(page, files.write('tale.txt', plainText(20_000)))
  await createTokenizer(page, 300)
  await chooseModel(page, 32)
  await startTraining(page, 3, { 'Batch size': 2 })
  await expect(page.getByText(/Finished: 3 steps/)).toBeVisible({ timeout: 60_000 })

  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const stage of STAGES) {
      await goTo(page, stage)
      await expect(page.getByRole('heading', { level: 1, name: stage })).toBeVisible()
      await audit(page, `${stage}, ${scheme}`)
      for (const [width, height] of [
        [1024, 700],
        [1280, 800],
      ] as const) {
        await page.setViewportSize({ width, height })
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        expect(overflow, `${stage} at ${width} scrolls sideways`).toBeLessThanOrEqual(0)
      }
    }
    await goTo(page, 'Runs')
    await audit(page, `Runs, ${scheme}`)
    await page.locator('footer button').click()
    await page.getByRole('button', { name: 'Look into it' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'This device' })).toBeVisible()
    await page.getByRole('button', { name: 'Profile a step' }).click()
    await expect(page.getByRole('list', { name: 'Operations of a step, the longest first' })).toBeVisible()
    await expect(page.getByText('Of the peak (MFU)')).toBeVisible()
    await audit(page, `This device, ${scheme}`)
    await page.getByRole('radio', { name: 'Table' }).click()
    await audit(page, `This device as a table, ${scheme}`)
  }
  expect(outside).toEqual([])
  expect(faults).toEqual([])
})
