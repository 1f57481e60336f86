// The browser of the end-to-end tests: an installed Chromium or Chrome, else Debian's package, else Playwright's own.
import { existsSync } from 'node:fs'
import { run, say, tool } from './prepare.mjs'

const INSTALLED = [
  process.env.GRADUS_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Path of an installed browser, or null. */
export const installedChromium = () => INSTALLED.find((path) => path && existsSync(path)) ?? null

/** A browser's path; 'playwright' for Playwright's own; null, with a line said, when none is to be had. */
export async function ensureChromium() {
  const present = installedChromium()
  if (present) return present
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    say('installing Chromium from the distribution’s packages …')
    const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
    await run('apt-get', ['update', '-qq'], quiet)
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet)
    const debian = installedChromium()
    if (debian) return debian
  }
  say('fetching Playwright’s Chromium …')
  const code = await run(process.execPath, [tool('@playwright/test/cli.js'), 'install', 'chromium'], {
    stdio: 'ignore',
  })
  if (code === 0) return 'playwright'
  say('no Chromium or Chrome is installed and none could be fetched: install one (Debian: apt-get install chromium).')
  return null
}
