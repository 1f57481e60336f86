import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, _electron, type Browser, type ElectronApplication, type Page } from '@playwright/test'

export type HostKind = 'web' | 'electron'

const root = resolve(import.meta.dirname, '../..')

/** Path of Electron's binary, or null where it is not installed. */
export function electronBinary(): string | null {
  const folder = join(root, 'node_modules/electron')
  const pathFile = join(folder, 'path.txt')
  if (!existsSync(pathFile)) return null
  const binary = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim())
  return existsSync(binary) ? binary : null
}

/** Chromium's switches as src-main/web/browser.ts gives them to a person's browser on a machine without a GPU. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--disable-domain-blocking-for-3d-apis',
  '--disable-gpu-process-crash-limit',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One running studio, as a person has it: its process, its data folder, and a page on it. */
export interface RunningStudio {
  kind: HostKind
  dataDir: string
  page: Page
  /** Kills the studio's process at once, as a power cut would. */
  kill(): Promise<void>
  /** Ends it as closing the window does. */
  close(): Promise<void>
}

/** Starts the web host's process; resolves to its address (token in the fragment). */
export function startWebHost(dataDir: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [join(root, 'out/main/web.js'), '--data-dir', dataDir, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((done, refuse) => {
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      const match = /^GRADUS_READY (\S+)$/.exec(line)
      if (match?.[1]) done({ url: match[1], child })
    })
    child.on('exit', (code) => refuse(new Error(`the web host ended with code ${code} before it was ready`)))
  })
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((done) => child.once('exit', () => done()))

/** Ends a host's process in good order. */
export async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await ended(child)
}

/** Opens Chromium with the studio's switches, and none of WebGPU where `webgpu` is false. */
export function launchChromium(webgpu = true): Promise<Browser> {
  const executablePath =
    process.env.GRADUS_CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined)
  const args = webgpu ? CHROMIUM_ARGS : ['--no-sandbox', '--disable-gpu', '--disable-features=WebGPU']
  return chromium.launch({ ...(executablePath ? { executablePath } : {}), args })
}

export interface OpenOptions {
  /** Gives a browser of its own to a spec that takes WebGPU away or kills a process of it; the others of a worker share one. */
  browser?: () => Promise<Browser>
  /** Done to the page before it is opened. */
  prepare?: (page: Page) => Promise<void>
}

/** Opens the studio in a fresh context of `browser`, which is left open. */
export async function openWeb(
  dataDir: string,
  browser: Browser,
  prepare?: OpenOptions['prepare'],
): Promise<RunningStudio> {
  const { url, child } = await startWebHost(dataDir)
  // Where nothing is animated, nothing is painted while a spec waits.
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  await prepare?.(page)
  await page.goto(url)
  return {
    kind: 'web',
    dataDir,
    page,
    async kill() {
      child.kill('SIGKILL')
      await ended(child)
      await context.close()
    },
    async close() {
      await context.close()
      await stop(child)
    },
  }
}

export async function openElectron(dataDir: string): Promise<RunningStudio> {
  const executablePath = electronBinary()
  if (!executablePath) throw new Error('Electron’s binary is not installed')
  const asRoot = process.getuid?.() === 0
  const app: ElectronApplication = await _electron.launch({
    executablePath,
    args: [...(asRoot ? ['--no-sandbox'] : []), join(root, 'out/main/electron.js'), '--data-dir', dataDir],
  })
  const page = await app.firstWindow()
  return {
    kind: 'electron',
    dataDir,
    page,
    async kill() {
      const child = app.process()
      child.kill('SIGKILL')
      await ended(child)
    },
    close: () => app.close(),
  }
}
