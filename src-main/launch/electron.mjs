// Finds Electron's binary, or fetches it when it can be had: the npm package itself carries only the script that does.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, say, tool } from './prepare.mjs'

const REACH_TIMEOUT_MS = 5_000

/** Path of the installed binary, or null. */
export function electronBinary() {
  const folder = tool('electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : null
}

/** Whether the place that Electron's binaries come from answers. */
async function reachable() {
  const { version } = JSON.parse(readFileSync(tool('electron/package.json'), 'utf8'))
  const mirror = process.env.ELECTRON_MIRROR ?? 'https://github.com/electron/electron/releases/download/'
  try {
    const response = await fetch(`${mirror}v${version}/SHASUMS256.txt`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(REACH_TIMEOUT_MS),
    })
    return response.ok
  } catch {
    return false
  }
}

/** The binary, fetched when missing and reachable; null, with one line said, when it cannot be had. */
export async function ensureElectron() {
  const present = electronBinary()
  if (present) return present
  if (!(await reachable())) {
    say('Electron’s binary is not installed and cannot be fetched now: opening in the installed browser instead.')
    return null
  }
  say('fetching Electron’s binary (about 110 MB), once …')
  const code = await run(process.execPath, [tool('electron/install.js')], { stdio: 'ignore', cwd: root })
  const binary = code === 0 ? electronBinary() : null
  if (!binary) say('Electron’s binary could not be fetched: opening in the installed browser instead.')
  return binary
}
