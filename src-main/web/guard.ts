import { createHash, timingSafeEqual } from 'node:crypto'
import { TOKEN_HEADER } from '@shared/contract/api.ts'
import { errorResponse } from '../app/errors.ts'

export interface GuardOptions {
  /** Port that the server listens on, on 127.0.0.1. */
  port: number
  /** The secret of this start, 256 bits in hex. */
  token: string
}

/** Paths that need the token. The page's own files hold no data and are loaded before the page knows it. */
const GUARDED = /^\/(api|blobs|events)(\/|$)/

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Compares in a time that depends on neither the place of the first difference nor the length. */
const same = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))

/**
 * What stands between a local server and every other page and program that can reach it; null lets the request pass.
 * The exact Host defeats DNS rebinding, the Origin and Sec-Fetch-Site checks requests of other pages, the token everything
 * that did not get the address from the terminal or the launcher (OWASP, "CSRF Prevention", "Verifying Origin").
 */
export function guard(request: Request, { port, token }: GuardOptions): Response | null {
  const host = `127.0.0.1:${port}`
  if (request.headers.get('host') !== host) {
    return errorResponse({ code: 'bad_request', message: `This server answers only as ${host}.` }, 421)
  }
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  const foreign = site !== null && site !== 'same-origin' && site !== 'none'
  const guarded = GUARDED.test(new URL(request.url).pathname)
  if ((origin !== null && origin !== `http://${host}`) || (guarded && foreign)) {
    return errorResponse({ code: 'unauthorized', message: 'Other pages may not use this server.' }, 403)
  }
  if (guarded && !same(request.headers.get(TOKEN_HEADER) ?? '', token)) {
    return errorResponse({
      code: 'unauthorized',
      message: 'This page does not carry the token of the running studio.',
      hint: 'Open the address that the studio printed when it started; it changes with every start.',
    })
  }
  return null
}
