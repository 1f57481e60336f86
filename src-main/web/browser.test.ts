import { describe, expect, it } from 'vitest'
import { findBrowser, hasDisplay, hasGpu, launchOf, type Machine } from './browser.ts'

interface Has {
  files?: string[]
  dri?: string[]
}

const machine = ({ files = [], dri = [], ...rest }: Partial<Machine> & Has = {}): Machine => ({
  platform: 'linux',
  env: { PATH: '/bin:/opt/bin' },
  home: '/home/me',
  uid: 1000,
  exists: (path) => files.includes(path),
  list: (folder) => (folder === '/dev/dri' ? dri : []),
  realpath: (path) => path,
  ...rest,
})

describe('findBrowser', () => {
  it('prefers Chrome, looks along the path, and finds nothing where there is nothing', () => {
    expect(findBrowser(machine({ files: ['/usr/bin/chromium', '/opt/bin/google-chrome'] }))).toBe(
      '/opt/bin/google-chrome',
    )
    expect(findBrowser(machine({ files: ['/usr/bin/microsoft-edge'] }))).toBe('/usr/bin/microsoft-edge')
    expect(findBrowser(machine({ files: ['/usr/bin/firefox'] }))).toBeNull()
  })
  it('takes the one that is named, if it is there', () => {
    const env = { PATH: '', GRADUS_CHROMIUM: '/my/chrome' }
    expect(findBrowser(machine({ env, files: ['/my/chrome', '/usr/bin/chromium'] }))).toBe('/my/chrome')
    expect(findBrowser(machine({ env, files: ['/usr/bin/chromium'] }))).toBe('/usr/bin/chromium')
  })
  it('knows the places of macOS and Windows', () => {
    const mac = '/home/me/Applications/Chromium.app/Contents/MacOS/Chromium'
    expect(findBrowser(machine({ platform: 'darwin', files: [mac] }))).toBe(mac)
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe'
    const env = { 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' }
    expect(findBrowser(machine({ platform: 'win32', env, files: [edge] }))).toBe(edge)
  })
})

it('knows where a window can be shown', () => {
  expect(hasDisplay(machine())).toBe(false)
  expect(hasDisplay(machine({ env: { DISPLAY: ':0' } }))).toBe(true)
  expect(hasDisplay(machine({ env: { WAYLAND_DISPLAY: 'wayland-0' } }))).toBe(true)
  expect(hasDisplay(machine({ platform: 'darwin' }))).toBe(true)
})

it('sees a GPU by its device node', () => {
  expect(hasGpu(machine())).toBe(false)
  expect(hasGpu(machine({ dri: ['card0'] }))).toBe(false)
  expect(hasGpu(machine({ dri: ['card0', 'renderD128'] }))).toBe(true)
  expect(hasGpu(machine({ files: ['/dev/nvidia0'] }))).toBe(true)
  expect(hasGpu(machine({ files: ['/dev/dxg'] }))).toBe(true)
  expect(hasGpu(machine({ platform: 'win32' }))).toBe(true)
})

describe('launchOf', () => {
  const url = 'http://127.0.0.1:4100/#token=abc'
  const launch = (has: Partial<Machine> & Has, browser = '/usr/bin/chromium') =>
    launchOf(machine(has), browser, url, '/data')

  it('opens an app window with a profile of its own and WebGPU, and nothing that reaches out', () => {
    const { args, notes } = launch({ dri: ['renderD128'] })
    expect(args).toEqual(
      expect.arrayContaining([
        `--app=${url}`,
        '--user-data-dir=/data/browser',
        '--no-first-run',
        '--no-default-browser-check',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--enable-unsafe-webgpu',
        '--enable-features=Vulkan',
        '--disable-domain-blocking-for-3d-apis',
        '--disable-gpu-process-crash-limit',
      ]),
    )
    expect(args).not.toContain('--no-sandbox')
    expect(args).not.toContain('--use-webgpu-adapter=swiftshader')
    expect(notes).toEqual([])
  })
  it('uses the software adapter where Linux has no GPU, and says so', () => {
    const { args, notes } = launch({})
    expect(args).toContain('--use-webgpu-adapter=swiftshader')
    expect(args).not.toContain('--enable-features=Vulkan')
    expect(notes).toEqual([expect.stringContaining('no GPU')])
  })
  it('leaves the adapter to the browser elsewhere', () => {
    const { args } = launch({ platform: 'darwin' })
    expect(args.filter((arg) => /Vulkan|swiftshader/.test(arg))).toEqual([])
  })
  it('drops the sandbox for root only, and says so', () => {
    const { args, notes } = launch({ uid: 0, dri: ['renderD128'] })
    expect(args).toContain('--no-sandbox')
    expect(notes).toEqual([expect.stringContaining('--no-sandbox')])
  })
  it('gives a snap a profile it can write', () => {
    const profile = '--user-data-dir=/home/me/snap/chromium/common/gradus'
    expect(launch({}, '/snap/bin/chromium').args).toContain(profile)
    expect(launch({ realpath: () => '/usr/bin/snap' }, '/usr/bin/chromium').args).toContain(profile)
  })
})
