import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Browser } from '@playwright/test'
import {
  electronBinary,
  launchChromium,
  openElectron,
  openWeb,
  type HostKind,
  type OpenOptions,
  type RunningStudio,
} from './host.ts'
import { makeTale } from './tale.ts'

/** Set by each Playwright project. */
export interface HostOption {
  host: HostKind
}

interface Fixtures {
  /** A fresh folder, removed afterwards. */
  dataDir: string
  /** Opens a browser for this spec alone, with or without WebGPU. */
  launch: (webgpu?: boolean) => Promise<Browser>
  /** Opens the studio on the host under test; every studio opened is closed at the end. */
  open: (dataDir: string, options?: OpenOptions) => Promise<RunningStudio>
  studio: RunningStudio
  /** Opens the studio on `dataDir` with a project that is ready for its first run (see makeTale), on its Pretrain screen. */
  openTale: (options?: OpenOptions) => Promise<RunningStudio>
}

interface WorkerFixtures {
  /** The browser that the specs of a worker share, each with a context of its own; opened when first asked for. */
  sharedBrowser: () => Promise<Browser>
  /** A data folder to copy. */
  taleFolder: () => Promise<string>
}

const freshFolder = () => mkdtempSync(join(tmpdir(), 'gradus-e2e-'))
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })

/** Playwright's test with a studio on the host that the project names; Electron's are skipped where it has no binary. */
export const test = base.extend<Fixtures & HostOption, WorkerFixtures>({
  host: ['web', { option: true }],
  // Playwright reads the fixtures wanted from the destructured first parameter.
  sharedBrowser: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      let browser: Browser | null = null
      await use(async () => (browser?.isConnected() ? browser : (browser = await launchChromium())))
      await (browser as Browser | null)?.close()
    },
    { scope: 'worker' },
  ],
  taleFolder: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      let folder: string | null = null
      await use(async () => {
        if (folder === null) await makeTale((folder = freshFolder()))
        return folder as string
      })
      if (folder !== null) remove(folder)
    },
    { scope: 'worker' },
  ],
  // eslint-disable-next-line no-empty-pattern
  dataDir: async ({}, use) => {
    const folder = freshFolder()
    await use(folder)
    remove(folder)
  },
  // eslint-disable-next-line no-empty-pattern
  launch: async ({}, use) => {
    const launched: Browser[] = []
    await use(async (webgpu = true) => {
      const browser = await launchChromium(webgpu)
      launched.push(browser)
      return browser
    })
    for (const browser of launched) await browser.close()
  },
  // After `dataDir`, so that a studio has ended before its folder is removed.
  open: async ({ host, sharedBrowser, dataDir: _dataDir }, use) => {
    test.skip(host === 'electron' && !electronBinary(), 'Electron’s binary is not installed on this machine')
    const opened: RunningStudio[] = []
    await use(async (dataDir, { browser = sharedBrowser, prepare } = {}) => {
      const studio =
        host === 'electron' ? await openElectron(dataDir) : await openWeb(dataDir, await browser(), prepare)
      opened.push(studio)
      return studio
    })
    for (const studio of opened) await studio.close()
  },
  studio: async ({ open, dataDir }, use) => {
    await use(await open(dataDir))
  },
  openTale: async ({ open, dataDir, taleFolder }, use) => {
    await use(async (options) => {
      cpSync(await taleFolder(), dataDir, { recursive: true })
      const studio = await open(dataDir, options)
      await studio.page.getByRole('link', { name: /^Tale/ }).click()
      await studio.page
        .getByRole('navigation')
        .getByRole('link', { name: /Pretrain/ })
        .click()
      return studio
    })
  },
})

export { expect } from '@playwright/test'
