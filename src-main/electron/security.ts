import { app, session, type IpcMainInvokeEvent, type Session, type WebContents } from 'electron'
import { AppError } from '@shared/contract/errors.ts'
import { ORIGIN } from './protocol.ts'

/**
 * Powers a page may ask for. All are refused but one: the copy button of a chat writes text to the clipboard.
 * (Electron security checklist, 5: "Handle session permission requests from remote content".)
 */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Schemes a request may have: the studio's own, data held in memory, and the developer tools' pages. */
const ALLOWED_SCHEMES: ReadonlySet<string> = new Set(['app:', 'blob:', 'data:', 'devtools:'])

const parsed = (address: string) => (URL.canParse(address) ? new URL(address) : null)

/** Compared piece by piece: Node's URL gives schemes it does not know an opaque origin. */
function isOwn(address: string): boolean {
  const url = parsed(address)
  return url !== null && `${url.protocol}//${url.host}` === ORIGIN
}

function refusePermissions(target: Session): void {
  const allowed = (permission: string, origin: string) => ALLOWED_PERMISSIONS.has(permission) && isOwn(origin)
  target.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl }) =>
    decide(allowed(permission, requestingUrl)),
  )
  target.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, origin))
  target.setDevicePermissionHandler(() => false)
}

/** Nothing leaves the machine: every request that is not for the studio itself is cancelled before it is made. */
function refuseNetwork(target: Session): void {
  target.webRequest.onBeforeRequest(({ url }, decide) =>
    decide({ cancel: !ALLOWED_SCHEMES.has(parsed(url)?.protocol ?? '') }),
  )
}

/** A page stays where it is: no other address, no window, no embedded view. */
function confine(contents: WebContents): void {
  const stay = (event: { preventDefault(): void }, address: string) => {
    if (!isOwn(address)) event.preventDefault()
  }
  contents.on('will-navigate', (event) => stay(event, event.url))
  contents.on('will-frame-navigate', (event) => stay(event, event.url))
  contents.on('will-redirect', (event) => stay(event, event.url))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Switches every protection on. Before the first window is made. */
export function protect(): void {
  app.on('web-contents-created', (_event, contents) => confine(contents))
  refusePermissions(session.defaultSession)
  refuseNetwork(session.defaultSession)
}

/**
 * The one gate for privileged calls: only the main frame of a page of the studio's own origin passes.
 * (Electron security checklist, 17: "Validate the sender of all IPC messages".)
 */
export function checkSender(event: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>): void {
  const frame = event.senderFrame
  // Null when the frame has gone or moved on since it sent.
  if (frame && frame === event.sender.mainFrame && frame.parent === null && isOwn(frame.url)) return
  throw new AppError({ code: 'unauthorized', message: 'This frame may not call the studio.' })
}
