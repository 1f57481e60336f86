import { stat } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { readStream } from '../fs/read-stream.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

const notFound = (path: string) => new AppError({ code: 'not_found', message: `There is no page ${path}.` })

/** The file under `root` that a URL's path names; AppError 'not_found' for anything that would leave the folder. */
function located(root: string, pathname: string): string {
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    throw notFound(pathname)
  }
  // A decoded backslash or colon would be a separator or a drive on Windows; a NUL ends a path in C.
  if (/[\\:\0]/.test(path) || path.split('/').some((piece) => piece.startsWith('.'))) throw notFound(pathname)
  const file = resolve(root, `.${path}`)
  if (file !== root && !file.startsWith(root + sep)) throw notFound(pathname)
  return file
}

const sizeOf = async (file: string): Promise<number | null> => {
  const info = await stat(file).catch(() => null)
  return info?.isFile() ? info.size : null
}

/** The built page's files. A path without an extension is a place within the page and gets index.html. */
export async function assetResponse(rendererDir: string, pathname: string): Promise<Response> {
  const root = resolve(rendererDir)
  const wanted = located(root, pathname)
  const file = extname(wanted) === '' ? join(root, 'index.html') : wanted
  const size = await sizeOf(file)
  if (size === null) throw notFound(pathname)
  return new Response(size === 0 ? null : readStream(file, 0, size - 1), {
    headers: {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': String(size),
      'cache-control': 'no-cache',
    },
  })
}
