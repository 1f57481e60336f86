import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { SECURITY_HEADERS } from '../app/headers.ts'
import type { FakeElectron } from '../testing/electron.ts'
import { testStudio } from '../testing/studio.ts'

vi.mock('electron', async () => (await import('../testing/electron.ts')).fakeElectron())
const electron = (await import('electron')) as unknown as FakeElectron
const { registerScheme, serveApp } = await import('./protocol.ts')

async function serve() {
  const { studio, dataDir } = await testStudio()
  await mkdir(join(dataDir, 'renderer'))
  await writeFile(join(dataDir, 'renderer/index.html'), '<!doctype html>')
  await writeFile(join(dataDir, 'settings.json'), '{"secret":1}')
  serveApp(studio)
  const [scheme, handle] = electron.protocol.handle.mock.calls.at(-1) as [string, (r: Request) => Promise<Response>]
  expect(scheme).toBe('app')
  return (url: string, init?: RequestInit) => handle(new Request(url, init))
}

it('declares the scheme with what fetch, streams and workers need, and no more', () => {
  registerScheme()
  expect(electron.protocol.registerSchemesAsPrivileged).toHaveBeenCalledWith([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: false },
    },
  ])
})

it('serves the page and its calls', async () => {
  const get = await serve()
  expect(await (await get('app://gradus/')).text()).toBe('<!doctype html>')
  const call = await get('app://gradus/api/projects.list', { method: 'POST', body: '{}' })
  expect(await call.json()).toEqual([])
})

it.each(['app://other/', 'app://gradus.evil/', 'app://gradus:1/'])('answers not as %s', async (url) => {
  const response = await (await serve())(url)
  expect(response.status).toBe(404)
  expect(response.headers.get('content-security-policy')).toBe(SECURITY_HEADERS['content-security-policy'])
})

it.each([
  'app://gradus/../settings.json',
  'app://gradus/%2e%2e/settings.json',
  'app://gradus/..%2fsettings.json',
  'app://gradus/..%5csettings.json',
  'app://gradus/assets/..%2f..%2fsettings.json',
  'app://gradus//etc/passwd.txt',
])('%s stays within the page', async (url) => {
  const response = await (await serve())(url)
  expect(response.status).toBe(404)
  expect(await response.text()).not.toContain('secret')
})
