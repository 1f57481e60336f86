import { EventEmitter } from 'node:events'
import { vi } from 'vitest'

type Listener = (...args: never[]) => unknown

/** A web-contents as far as the studio uses it. */
export class FakeContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null
  throttling: boolean | null = null
  readonly mainFrame = { url: 'app://gradus/#/', parent: null }
  setWindowOpenHandler(handler: FakeContents['openHandler']): void {
    this.openHandler = handler
  }
  setBackgroundThrottling(allowed: boolean): void {
    this.throttling = allowed
  }
}

/** What Electron calls an event that can be refused. */
export const navigation = (url: string) => ({ url, preventDefault: vi.fn() })

/** A module that stands in for `electron`, and records what was set on it. */
export function fakeElectron() {
  const handlers = new Map<string, (...args: unknown[]) => unknown>()
  const windows: { options: Record<string, unknown>; loadURL: ReturnType<typeof vi.fn> }[] = []
  class BrowserWindow extends EventEmitter {
    readonly webContents = new FakeContents()
    readonly loadURL = vi.fn(async () => {})
    readonly show = vi.fn()
    readonly focus = vi.fn()
    readonly restore = vi.fn()
    readonly isMinimized = vi.fn(() => true)
    constructor(readonly options: Record<string, unknown>) {
      super()
      windows.push(this)
    }
  }
  return {
    windows,
    handlers,
    BrowserWindow,
    app: Object.assign(new EventEmitter(), {
      commandLine: { appendSwitch: vi.fn(), getSwitchValue: vi.fn(() => '') },
      disableDomainBlockingFor3DAPIs: vi.fn(),
      setPath: vi.fn(),
      requestSingleInstanceLock: vi.fn(() => true),
      whenReady: vi.fn(async () => {}),
      quit: vi.fn(),
      exit: vi.fn(),
    }),
    protocol: { registerSchemesAsPrivileged: vi.fn(), handle: vi.fn() },
    session: {
      defaultSession: {
        setPermissionRequestHandler: vi.fn<(handler: Listener) => void>(),
        setPermissionCheckHandler: vi.fn<(handler: Listener) => void>(),
        setDevicePermissionHandler: vi.fn<(handler: Listener) => void>(),
        webRequest: { onBeforeRequest: vi.fn<(handler: Listener) => void>() },
      },
    },
    ipcMain: {
      handle: (channel: string, handler: (...args: unknown[]) => unknown) => void handlers.set(channel, handler),
    },
    ipcRenderer: { invoke: vi.fn() },
    contextBridge: { exposeInMainWorld: vi.fn() },
    webUtils: { getPathForFile: vi.fn((file: { path: string }) => file.path) },
    powerSaveBlocker: { start: vi.fn(() => 7), stop: vi.fn() },
    dialog: { showErrorBox: vi.fn() },
    shell: { openPath: vi.fn(async () => '') },
    Menu: { buildFromTemplate: vi.fn((template: unknown) => template), setApplicationMenu: vi.fn() },
  }
}

export type FakeElectron = ReturnType<typeof fakeElectron>
