import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { electronBinary, openElectron, openWeb, type HostKind, type OpenOptions, type RunningStudio } from './host.ts'

/** Set by each Playwright project. */
export interface HostOption {
  host: HostKind
}

interface Fixtures {
  /** A fresh folder, removed afterwards. */
  dataDir: string
  /** Opens the studio on the host under test; every studio opened is closed at the end. */
  open: (dataDir: string, options?: OpenOptions) => Promise<RunningStudio>
  studio: RunningStudio
}

/** Playwright's test with a studio on the host that the project names; Electron's are skipped where it has no binary. */
export const test = base.extend<Fixtures & HostOption>({
  host: ['web', { option: true }],
  // Playwright reads the fixtures wanted from the destructured first parameter.
  // eslint-disable-next-line no-empty-pattern
  dataDir: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'gradus-e2e-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  },
  open: async ({ host }, use) => {
    test.skip(host === 'electron' && !electronBinary(), 'Electron’s binary is not installed on this machine')
    const opened: RunningStudio[] = []
    await use(async (dataDir, options) => {
      const studio = host === 'electron' ? await openElectron(dataDir) : await openWeb(dataDir, options)
      opened.push(studio)
      return studio
    })
    for (const studio of opened) await studio.close()
  },
  studio: async ({ open, dataDir }, use) => {
    await use(await open(dataDir))
  },
})

export { expect } from '@playwright/test'
