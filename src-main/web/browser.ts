import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, win32 } from 'node:path'

/** What finding and starting a browser depends on; a test gives its own. */
export interface Machine {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  home: string
  uid: number | null
  exists: (path: string) => boolean
  /** Names in a folder; none when there is no such folder. */
  list: (folder: string) => string[]
  realpath: (path: string) => string
}

const orElse = <T>(read: () => T, fallback: T): T => {
  try {
    return read()
  } catch {
    return fallback
  }
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  env: process.env,
  home: homedir(),
  uid: process.getuid?.() ?? null,
  exists: existsSync,
  list: (folder) => orElse(() => readdirSync(folder), []),
  realpath: (path) => orElse(() => realpathSync(path), path),
})

const LINUX_NAMES = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'microsoft-edge-stable',
  'microsoft-edge',
]
const MAC_APPS = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]
const WINDOWS_PROGRAMS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
]

function candidates({ platform, env, home }: Machine): string[] {
  if (platform === 'darwin') {
    return ['/Applications', join(home, 'Applications')].flatMap((folder) => MAC_APPS.map((app) => join(folder, app)))
  }
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((root) => root !== undefined)
    return WINDOWS_PROGRAMS.flatMap((program) => roots.map((root) => win32.join(root, program)))
  }
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin', '/usr/local/bin', '/snap/bin']
  return LINUX_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
}

/** Path of the first installed Chrome, Chromium or Edge; GRADUS_CHROMIUM names another; null when there is none. */
export function findBrowser(machine: Machine): string | null {
  const named = machine.env.GRADUS_CHROMIUM
  if (named && machine.exists(named)) return named
  return candidates(machine).find(machine.exists) ?? null
}

/** Whether a window can be shown at all. */
export const hasDisplay = ({ platform, env }: Machine): boolean =>
  platform !== 'linux' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY)

/** Whether Linux has a device node of a GPU: a DRM render node, NVIDIA's own (containers), or WSL's. Others always count. */
export const hasGpu = ({ platform, exists, list }: Machine): boolean =>
  platform !== 'linux' ||
  list('/dev/dri').some((name) => name.startsWith('renderD')) ||
  exists('/dev/nvidia0') ||
  exists('/dev/dxg')

/** A snap's browser may not write into hidden folders, where the data folder is: it gets a profile in its own place. */
function profileDir(machine: Machine, browser: string, dataDir: string): string {
  const isSnap =
    machine.platform === 'linux' && [browser, machine.realpath(browser)].some((path) => path.includes('/snap'))
  return isSnap ? join(machine.home, 'snap', 'chromium', 'common', 'gradus') : join(dataDir, 'browser')
}

export interface Launch {
  args: string[]
  /** What the person should know about it, one line each. */
  notes: string[]
}

/** How to open `url` as an app window of its own, with WebGPU on whatever adapter the machine has. */
export function launchOf(machine: Machine, browser: string, url: string, dataDir: string): Launch {
  const asRoot = machine.platform === 'linux' && machine.uid === 0
  const gpu = hasGpu(machine)
  const args = [
    `--app=${url}`,
    `--user-data-dir=${profileDir(machine, browser, dataDir)}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-background-mode',
    '--disable-component-update',
    '--disable-sync',
    '--enable-unsafe-webgpu',
    // A lost device must stay recoverable: the page asks for a new one, more than once if need be.
    '--disable-domain-blocking-for-3d-apis',
    '--disable-gpu-process-crash-limit',
    // Laptops with two GPUs: take the one made for work.
    '--force-high-performance-gpu',
    // Training goes on in a hidden window.
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
  ]
  const notes: string[] = []
  if (machine.platform === 'linux') args.push(gpu ? '--enable-features=Vulkan' : '--use-webgpu-adapter=swiftshader')
  if (!gpu) notes.push('no GPU was found: models are trained on the processor.')
  if (asRoot) {
    args.push('--no-sandbox')
    notes.push('running as root: the browser is started with --no-sandbox, which root needs.')
  }
  return { args, notes }
}
