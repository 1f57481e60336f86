import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import type { Contender } from '../core/case.ts'
import type { Task } from '../contenders/work.ts'
import type { Engine } from '../page/protocol.ts'
import { root } from './root.ts'
import { serve } from './serve.ts'

const COMMON = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--disable-background-networking',
  '--disable-component-update',
]
/** A graphics card first, then the software adapter that Chromium brings. */
const HARDWARE = [
  ...COMMON,
  '--ignore-gpu-blocklist',
  ...(process.platform === 'linux' ? ['--enable-features=Vulkan'] : []),
]
const SOFTWARE = [...COMMON, '--use-webgpu-adapter=swiftshader']

export interface BenchBrowser {
  page: Page
  version: string
  /** The WebGPU adapter in words; null when none was asked for. */
  adapter: { name: string; fallback: boolean } | null
  close(): Promise<void>
}

/** Opens the built bench page, with a WebGPU adapter where `webgpu`. @throws Error when there is no browser or no adapter */
export async function openBrowser(webgpu: boolean): Promise<BenchBrowser> {
  const server = await serve([
    ['/tfjs-wasm/', join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')],
    ['/', join(root, 'out/bench/page')],
  ])
  try {
    for (const args of webgpu ? [HARDWARE, SOFTWARE] : [COMMON]) {
      const browser = await launch(args)
      const page = await browser.newPage()
      page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`))
      page.on('pageerror', (error) => console.error(`page: ${error.message}`))
      await page.goto(server.url)
      const adapter = webgpu ? await page.evaluate(() => window.bench.adapter()) : null
      if (!webgpu || adapter) {
        const close = async () => {
          await browser.close()
          server.close()
        }
        return { page, version: `Chromium ${browser.version()}`, adapter, close }
      }
      await browser.close()
    }
    throw new Error('no WebGPU adapter was found in the browser')
  } catch (error) {
    server.close()
    throw error
  }
}

/** What browser there is; none of it goes on running. @throws Error when there is none */
export async function browserVersion(): Promise<string> {
  const browser = await launch(COMMON)
  const version = browser.version()
  await browser.close()
  return `Chromium ${version}`
}

function launch(args: string[]): Promise<Browser> {
  const executablePath =
    process.env.GRADUS_CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined)
  return chromium.launch({ ...(executablePath ? { executablePath } : {}), args })
}

/** A contender that lives in the page. */
export function pageContender(
  { page }: BenchBrowser,
  name: string,
  engine: Engine,
  { threads, task }: { threads: number; task: Task },
): Contender {
  let on = ''
  return {
    get name() {
      return on === '' ? name : `${name}, ${on}`
    },
    async prepare() {
      on = await page.evaluate((order) => window.bench.prepare(order), { engine, threads, task })
    },
    run: (times) => page.evaluate(([which, n]) => window.bench.run(which, n), [engine, times] as const),
    dispose: () => page.evaluate((which) => window.bench.dispose(which), engine),
  }
}
