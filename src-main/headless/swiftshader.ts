import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

const ICD = 'vk_swiftshader_icd.json'

/** Folders in which Chromium-based browsers keep their software Vulkan driver, on Linux. */
const BROWSER_FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
  '/opt/chromium.org/chromium',
  '/opt/microsoft/msedge',
  '/opt/brave.com/brave',
  '/snap/chromium/current/usr/lib/chromium-browser',
]

/** Playwright's browsers: `<cache>/chromium-1234/chrome-linux/`, newest first. */
function playwrightFolders(): string[] {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache/ms-playwright')
  const list = (folder: string) => (existsSync(folder) ? readdirSync(folder) : [])
  return list(cache)
    .filter((name) => name.startsWith('chromium'))
    .sort()
    .reverse()
    .flatMap((name) => list(join(cache, name)).map((inner) => join(cache, name, inner)))
}

/** Where SwiftShader's Vulkan manifest lies on this machine, and the Vulkan loader beside it; null when there is none. */
export function findSwiftShader(): { icd: string; loader: string | null } | null {
  const folder = [...BROWSER_FOLDERS, ...playwrightFolders()].find((f) => existsSync(join(f, ICD)))
  if (!folder) return null
  const icd = join(folder, ICD)
  const loader = join(dirname(icd), 'libvulkan.so.1')
  return { icd, loader: existsSync(loader) ? loader : null }
}

/** Whether the system has a Vulkan driver of its own (Linux). */
export function hasSystemVulkan(): boolean {
  if (process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES) return true
  return ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'].some(
    (folder) => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json')),
  )
}
