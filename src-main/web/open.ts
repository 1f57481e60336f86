import { spawn } from 'node:child_process'
import { findBrowser, hasDisplay, launchOf, thisMachine, type Machine } from './browser.ts'

/** A browser that ends sooner than this was never used: it failed, or handed the address to one already open. */
const SOON_MS = 5_000

export interface OpenOptions {
  url: string
  dataDir: string
  say: (line: string) => void
  /** The person closed the window. */
  onClosed: () => void
}

/** Opens the installed browser on the studio, or says in one line why not. Returns what closes it again. */
export function openBrowser(
  { url, dataDir, say, onClosed }: OpenOptions,
  machine: Machine = thisMachine(),
  now: () => number = Date.now,
): () => void {
  const browser = findBrowser(machine)
  const instead = (reason: string) => say(`${reason} Open this address in Chrome, Chromium or Edge: ${url}`)
  if (!hasDisplay(machine) || browser === null) {
    instead(browser === null ? 'No Chrome, Chromium or Edge was found.' : 'There is no display to open a window on.')
    return () => {}
  }
  const { args, notes } = launchOf(machine, browser, url, dataDir)
  notes.forEach(say)
  const startedAt = now()
  const child = spawn(browser, args, { stdio: 'ignore' })
  child.on('error', (error) => instead(`${browser} could not be started (${error.message}).`))
  child.on('exit', (code) => {
    if (now() - startedAt >= SOON_MS) onClosed()
    else if (code !== 0) instead(`${browser} ended at once (code ${code}).`)
  })
  return () => void child.kill()
}
