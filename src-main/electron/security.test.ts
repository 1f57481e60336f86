import { beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeContents, navigation, type FakeElectron } from '../testing/electron.ts'

vi.mock('electron', async () => (await import('../testing/electron.ts')).fakeElectron())
const electron = (await import('electron')) as unknown as FakeElectron
const { checkSender, protect } = await import('./security.ts')
const session = electron.session.defaultSession

const OWN = 'app://gradus/#/chat'
const FOREIGN = [
  'https://example.com/',
  'app://other/',
  'app://gradus.evil/',
  'file:///etc/passwd',
  'data:text/html,x',
  'x',
]

/** The handler that was set last, to be called as Electron does. */
const set = <Args extends unknown[], Result>(setter: { mock: { calls: unknown[][] } }) =>
  setter.mock.calls.at(-1)![0] as (...args: Args) => Result

beforeEach(() => {
  vi.clearAllMocks()
  electron.app.removeAllListeners()
  protect()
})

describe('permissions', () => {
  const names = [
    'media',
    'geolocation',
    'notifications',
    'midi',
    'pointerLock',
    'fullscreen',
    'openExternal',
    'clipboard-read',
  ]
  const asked = (permission: string, requestingUrl: string) => {
    const decide = vi.fn()
    set<[null, string, (allowed: boolean) => void, object], void>(session.setPermissionRequestHandler)(
      null,
      permission,
      decide,
      { requestingUrl },
    )
    return decide.mock.calls
  }
  const checked = (permission: string, origin: string) =>
    set<[null, string, string], boolean>(session.setPermissionCheckHandler)(null, permission, origin)

  it.each(names)('%s is denied', (name) => {
    expect(asked(name, OWN)).toEqual([[false]])
    expect(checked(name, 'app://gradus')).toBe(false)
  })
  it('writing text to the clipboard is allowed to the studio alone', () => {
    expect(asked('clipboard-sanitized-write', OWN)).toEqual([[true]])
    expect(checked('clipboard-sanitized-write', 'app://gradus')).toBe(true)
    expect(asked('clipboard-sanitized-write', 'https://example.com/')).toEqual([[false]])
    expect(checked('clipboard-sanitized-write', 'https://example.com')).toBe(false)
  })
  it('devices are denied', () => {
    expect(set<[], boolean>(session.setDevicePermissionHandler)()).toBe(false)
  })
})

describe('requests', () => {
  const cancelled = (url: string) => {
    const decide = vi.fn<(answer: { cancel: boolean }) => void>()
    set<[{ url: string }, typeof decide], void>(session.webRequest.onBeforeRequest)({ url }, decide)
    return decide.mock.calls[0]![0].cancel
  }
  it.each(['app://gradus/api/x', 'blob:app://gradus/1', 'data:image/png;base64,', 'devtools://devtools/x'])(
    '%s is made',
    (url) => {
      expect(cancelled(url)).toBe(false)
    },
  )
  it.each([
    'https://example.com/',
    'http://127.0.0.1:80/',
    'ws://x/',
    'wss://x/',
    'file:///etc/passwd',
    'ftp://x/',
    'chrome://gpu',
    'x',
  ])('%s is cancelled', (url) => {
    expect(cancelled(url)).toBe(true)
  })
})

describe('a page', () => {
  const page = () => {
    const contents = new FakeContents()
    electron.app.emit('web-contents-created', {}, contents)
    return contents
  }
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('goes nowhere else by %s', (name) => {
    const contents = page()
    for (const url of FOREIGN) {
      const event = navigation(url)
      contents.emit(name, event)
      expect(event.preventDefault, url).toHaveBeenCalledOnce()
    }
    const own = navigation(OWN)
    contents.emit(name, own)
    expect(own.preventDefault).not.toHaveBeenCalled()
  })
  it('opens no window, not even its own', () => {
    for (const url of [...FOREIGN, OWN]) expect(page().openHandler!({ url })).toEqual({ action: 'deny' })
  })
  it('embeds no view', () => {
    const event = navigation(OWN)
    page().emit('will-attach-webview', event)
    expect(event.preventDefault).toHaveBeenCalledOnce()
  })
})

describe('the gate', () => {
  type Sender = Parameters<typeof checkSender>[0]
  const event = (frame: unknown, mainFrame: unknown = frame) =>
    ({ senderFrame: frame, sender: { mainFrame } }) as unknown as Sender

  it('lets the main frame of the studio pass', () => {
    expect(() => checkSender(event({ url: OWN, parent: null }))).not.toThrow()
  })
  it.each(FOREIGN)('stops a frame of %s', (url) => {
    expect(() => checkSender(event({ url, parent: null }))).toThrow('may not call')
  })
  it('stops a frame that is gone, an inner frame, and one of another page', () => {
    expect(() => checkSender(event(null))).toThrow('may not call')
    expect(() => checkSender(event({ url: OWN, parent: {} }))).toThrow('may not call')
    expect(() => checkSender(event({ url: OWN, parent: null }, { url: OWN, parent: null }))).toThrow('may not call')
  })
})
