import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { lockFolder } from '../fs/lock.ts'
import type { FakeElectron } from '../testing/electron.ts'
import { tempDir } from '../testing/studio.ts'

vi.mock('electron', async () => (await import('../testing/electron.ts')).fakeElectron())
vi.mock('../services/data.ts', () => ({ createDataService: () => ({}) }))
const electron = (await import('electron')) as unknown as FakeElectron
const { app, windows } = electron

type FakeWindow = InstanceType<FakeElectron['BrowserWindow']>

/** Runs the entry as Electron would, with the data folder named in `args`. */
async function run(args: (dataDir: string) => string[] = (dataDir) => ['--data-dir', dataDir]): Promise<string> {
  const dataDir = await tempDir()
  const argv = process.argv
  process.argv = ['electron', 'main.js', ...args(dataDir)]
  onTestFinished(() => void (process.argv = argv))
  vi.resetModules()
  await import('./main.ts')
  return dataDir
}

/** Quits as Electron does: asks, and again after the app has put its things in order. */
async function quit(): Promise<void> {
  const event = { preventDefault: vi.fn() }
  app.quit.mockClear()
  app.emit('will-quit', event)
  expect(event.preventDefault).toHaveBeenCalledOnce()
  await vi.waitFor(() => expect(app.quit).toHaveBeenCalledOnce())
}

beforeEach(() => {
  vi.clearAllMocks()
  app.removeAllListeners()
  app.requestSingleInstanceLock.mockReturnValue(true)
  windows.length = 0
})

it('opens the window on a studio of its own, and gives its folder free at the end', async () => {
  const dataDir = await run()
  await vi.waitFor(() => expect(windows).toHaveLength(1))
  expect(app.setPath).toHaveBeenCalledWith('userData', join(dataDir, 'electron'))
  expect(electron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledBefore(app.whenReady)
  expect(app.commandLine.appendSwitch).toHaveBeenCalledBefore(app.whenReady)
  expect(electron.session.defaultSession.webRequest.onBeforeRequest).toHaveBeenCalledBefore(electron.protocol.handle)
  expect((windows[0]!.options.webPreferences as { preload: string }).preload).toMatch(/preload\.cjs$/)
  expect(await readdir(dataDir)).toContain('studio.lock')
  await quit()
  expect(await readdir(dataDir)).not.toContain('studio.lock')
})

it('takes the data folder in either spelling', async () => {
  app.commandLine.getSwitchValue.mockImplementation((...name: unknown[]) => (name[0] === 'data-dir' ? joined : ''))
  const joined = await tempDir()
  await run(() => [])
  await vi.waitFor(() => expect(windows).toHaveLength(1))
  expect(app.setPath).toHaveBeenCalledWith('userData', join(joined, 'electron'))
  app.commandLine.getSwitchValue.mockReturnValue('')
  await quit()
})

it('brings its window forward when it is started again', async () => {
  await run()
  await vi.waitFor(() => expect(windows).toHaveLength(1))
  app.emit('second-instance')
  const window = windows[0] as unknown as FakeWindow
  expect(window.restore).toHaveBeenCalledOnce()
  expect(window.focus).toHaveBeenCalledOnce()
  await quit()
})

it('leaves at once when it is the second', async () => {
  app.requestSingleInstanceLock.mockReturnValue(false)
  await run()
  expect(app.quit).toHaveBeenCalledOnce()
  expect(app.whenReady).not.toHaveBeenCalled()
})

it('says why it cannot start', async () => {
  const dataDir = await tempDir()
  const lock = await lockFolder(dataDir)
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await run(() => ['--data-dir', dataDir])
  await vi.waitFor(() => expect(app.exit).toHaveBeenCalledWith(1))
  said.mockRestore()
  expect(electron.dialog.showErrorBox).toHaveBeenCalledWith(
    'Gradus cannot start',
    expect.stringContaining(`process ${process.pid}`),
  )
  expect(windows).toHaveLength(0)
  await lock.release()
})

it('ends with its window', async () => {
  await run()
  await vi.waitFor(() => expect(windows).toHaveLength(1))
  app.emit('window-all-closed')
  expect(app.quit).toHaveBeenCalledOnce()
  await quit()
})
