import { defineConfig } from '@playwright/test'
import type { HostOption } from './e2e/support/test.ts'

/**
 * The same specs over both hosts. `web` runs the built web host in Chromium with WebGPU on whatever adapter there is
 * (a software one where there is no GPU); `electron` runs where Electron's binary is installed and is skipped elsewhere.
 */
export default defineConfig<HostOption>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // Training on a software adapter is slow; single waits are bounded far below this.
  timeout: 360_000,
  expect: { timeout: 15_000 },
  use: { actionTimeout: 15_000 },
  // Specs wait more than they compute, so two at a time finish sooner on two cores.
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  reporter: 'list',
  projects: [
    { name: 'web', use: { host: 'web' } },
    { name: 'electron', use: { host: 'electron' } },
  ],
})
