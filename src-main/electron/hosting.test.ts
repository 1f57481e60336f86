import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { HostSurface } from '@shared/contract/surface.ts'
import { AppError } from '@shared/contract/errors.ts'
import { FakeContents, type FakeElectron } from '../testing/electron.ts'
import { call, testStudio } from '../testing/studio.ts'

vi.mock('electron', async () => (await import('../testing/electron.ts')).fakeElectron())
const electron = (await import('electron')) as unknown as FakeElectron
const { answerPreload, showStartError } = await import('./dialogs.ts')
const { createPower } = await import('./power.ts')
const { setSwitches } = await import('./switches.ts')
await import('../preload/preload.ts')
const [surfaceName, surface] = electron.contextBridge.exposeInMainWorld.mock.calls[0] as [string, HostSurface]

beforeEach(() => void vi.clearAllMocks())

describe('switches', () => {
  const on = (platform: NodeJS.Platform) => {
    setSwitches(platform)
    return electron.app.commandLine.appendSwitch.mock.calls.map((call) => call.join('='))
  }
  it('turn WebGPU on and keep a lost device recoverable', () => {
    expect(on('linux')).toEqual([
      'disable-gpu-process-crash-limit',
      'enable-unsafe-webgpu',
      'enable-features=Vulkan',
      'force_high_performance_gpu',
      'force-high-performance-gpu',
      'disable-background-networking',
      'disable-component-update',
    ])
    expect(electron.app.disableDomainBlockingFor3DAPIs).toHaveBeenCalledOnce()
  })
  it('ask for Vulkan on Linux only', () => {
    expect(on('win32')).not.toContain('enable-features=Vulkan')
  })
})

it('keeps the machine awake and the page unthrottled only while a run is active', () => {
  const contents = new FakeContents()
  const power = createPower(() => contents as never)
  power(true)
  power(true)
  expect(contents.throttling).toBe(false)
  expect(electron.powerSaveBlocker.start.mock.calls).toEqual([['prevent-app-suspension']])
  power(false)
  power(false)
  expect(contents.throttling).toBe(true)
  expect(electron.powerSaveBlocker.stop.mock.calls).toEqual([[7]])
})

describe('the preload', () => {
  /** Wires ipcRenderer to ipcMain, as sent by `frame`. */
  async function wire(frame: object = { url: 'app://gradus/', parent: null }) {
    const opened = await testStudio()
    answerPreload(opened.studio)
    electron.ipcRenderer.invoke.mockImplementation(async (channel: string, ...args: unknown[]) =>
      electron.handlers.get(channel)!({ senderFrame: frame, sender: { mainFrame: frame } }, ...args),
    )
    return opened
  }
  const file = (path: string) => ({ path }) as unknown as File

  it('offers the surface and nothing else', () => {
    expect(surfaceName).toBe('gradus')
    expect(Object.keys(surface).sort()).toEqual(['platform', 'registerFile', 'revealDataDir'])
    expect(surface.platform).toBe(process.platform)
  })
  it('hands a file over by its path and gives its id', async () => {
    const { studio } = await wire()
    const id = await surface.registerFile(file(import.meta.filename))
    expect(await call(studio, 'sources.delete', { id })).toEqual({})
  })
  it('tells in plain words what cannot be handed over', async () => {
    const { dataDir } = await wire()
    await expect(surface.registerFile(file(''))).rejects.toThrow('This is not a file on this machine.')
    await expect(surface.registerFile(file(dataDir))).rejects.toThrow('is a folder, not a file.')
    await expect(surface.registerFile(file(join(dataDir, 'nothing')))).rejects.toThrow('no longer where it was')
  })
  it('shows the data folder', async () => {
    const { dataDir } = await wire()
    await surface.revealDataDir()
    expect(electron.shell.openPath).toHaveBeenCalledWith(dataDir)
    electron.shell.openPath.mockResolvedValueOnce('No file manager')
    await expect(surface.revealDataDir()).rejects.toThrow('No file manager')
  })
  it('passes nothing to a frame that is not the studio', async () => {
    await wire({ url: 'https://example.com/', parent: null })
    await expect(surface.registerFile(file(import.meta.filename))).rejects.toThrow('may not call')
    await expect(surface.revealDataDir()).rejects.toThrow('may not call')
    expect(electron.shell.openPath).not.toHaveBeenCalled()
  })
})

it('says why the studio cannot start', () => {
  showStartError(new AppError({ code: 'busy', message: 'In use.', hint: 'Close the other.' }))
  expect(electron.dialog.showErrorBox).toHaveBeenCalledWith('Gradus cannot start', 'In use.\n\nClose the other.')
})
