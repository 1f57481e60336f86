import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { goTo, pretrain } from './support/flow.ts'
import { expect, test } from './support/test.ts'

const STAGES = ['Data', 'Tokenizer', 'Model', 'Pretrain', 'Instruct', 'Classify', 'Chat']
/** The rules whose answer depends on colours; all others see the same page in light and dark. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block']

/** Every rule in light, and those of colour again in dark. */
async function audit(page: Page, where: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // The page draws itself in the other colours first.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    // There are no frames of other origins, for which axe would open a page of its own.
    const axe = new AxeBuilder({ page }).setLegacyMode()
    const { violations } = await (colorScheme === 'light' ? axe : axe.withRules(RULES_OF_COLOUR)).analyze()
    const found = violations.map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(' ')}`)
    expect(found, `${where}, ${colorScheme}`).toEqual([])
  }
}

async function expectFits(page: Page, where: string): Promise<void> {
  for (const [width, height] of [
    [1024, 700],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow, `${where} at ${width} scrolls sideways`).toBeLessThanOrEqual(0)
  }
}

test('every screen is accessible in light and dark, fits its window, keeps to its content policy and asks nobody outside', async ({
  open,
  openTale,
  dataDir,
}) => {
  const outside: string[] = []
  const faults: string[] = []
  const prepare = async (page: Page) => {
    page.on('request', (request) => {
      const { protocol, hostname } = new URL(request.url())
      const own = protocol === 'app:' || protocol === 'blob:' || protocol === 'data:' || hostname === '127.0.0.1'
      if (!own) outside.push(request.url())
    })
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    page.on('pageerror', (error) => faults.push(error.message))
  }
  const empty = await open(join(dataDir, 'empty'), { prepare })
  await expect(empty.page.getByText('Drop a text file to make a model from it')).toBeVisible()
  await audit(empty.page, 'Home')
  await empty.close()

  const studio = await openTale({ prepare })
  const { page } = studio
  await pretrain(studio, { steps: 3 })
  await expect(page.getByText(/Finished: 3 steps/)).toBeVisible()
  for (const stage of STAGES) {
    await goTo(page, stage)
    await expect(page.getByRole('heading', { level: 1, name: stage })).toBeVisible()
    await audit(page, stage)
    await expectFits(page, stage)
  }
  await goTo(page, 'Runs')
  await expect(page.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible()
  await audit(page, 'Runs')

  await page.locator('footer button').click()
  await page.getByRole('button', { name: 'Look into it' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'This device' })).toBeVisible()
  await page.getByRole('button', { name: 'Profile a step' }).click()
  await expect(page.getByRole('list', { name: 'Operations of a step, the longest first' })).toBeVisible()
  await expect(page.getByText('Of the peak (MFU)')).toBeVisible()
  await audit(page, 'This device')
  await page.getByRole('radio', { name: 'Table' }).click()
  await audit(page, 'This device as a table')

  expect(outside).toEqual([])
  expect(faults).toEqual([])
})
