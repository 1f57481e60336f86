import { beforeEach, expect, it, vi } from 'vitest'
import type { FakeElectron } from '../testing/electron.ts'

vi.mock('electron', async () => (await import('../testing/electron.ts')).fakeElectron())
const electron = (await import('electron')) as unknown as FakeElectron
const { createWindow, setMenu } = await import('./window.ts')

beforeEach(() => {
  vi.clearAllMocks()
  electron.windows.length = 0
})

it('gives a page exactly these powers', () => {
  createWindow('/app/preload.cjs')
  expect(electron.windows[0]!.options.webPreferences).toEqual({
    preload: '/app/preload.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  })
})

it('opens on the studio, shown once painted', () => {
  const window = createWindow('/p') as unknown as InstanceType<FakeElectron['BrowserWindow']>
  expect(window.loadURL).toHaveBeenCalledWith('app://gradus/')
  expect(window.options.show).toBe(false)
  expect(window.show).not.toHaveBeenCalled()
  window.emit('ready-to-show')
  expect(window.show).toHaveBeenCalledOnce()
})

it.each([
  ['linux', ['editMenu', 'viewMenu', 'windowMenu']],
  ['darwin', ['appMenu', 'editMenu', 'viewMenu', 'windowMenu']],
] as const)('has a menu without links on %s', (platform, roles) => {
  setMenu(platform)
  expect(electron.Menu.setApplicationMenu).toHaveBeenCalledWith(roles.map((role) => ({ role })))
})
