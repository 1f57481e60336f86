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
  // No spec is about speed: a wait ends when what it waits for is there, and these bounds are for what never comes, on a slow host too.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  use: { actionTimeout: 60_000 },
  // Specs wait more than they compute, so two at a time finish sooner on two cores; in the order of the files, of which the longest are first.
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  reporter: 'list',
  projects: [
    { name: 'web', use: { host: 'web' } },
    { name: 'electron', use: { host: 'electron' } },
  ],
})
