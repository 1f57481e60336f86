import { protocol } from 'electron'
import { errorResponse } from '../app/errors.ts'
import { secured } from '../app/headers.ts'
import type { App } from '../app/app.ts'

const SCHEME = 'app'
const HOST = 'gradus'
export const ORIGIN = `${SCHEME}://${HOST}`

/** Declares app: a standard, secure scheme that fetch and streams work on. Before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: false },
    },
  ])
}

/** Answers app://gradus/… by the studio's handle; every other host of the scheme is refused. */
export function serveApp(app: App): void {
  protocol.handle(SCHEME, (request) =>
    new URL(request.url).host === HOST
      ? app.handle(request)
      : secured(errorResponse({ code: 'not_found', message: 'There is no such page.' })),
  )
}
