import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { TOKEN_HEADER } from '@shared/contract/api.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { expect, it, onTestFinished, vi } from 'vitest'
import { SECURITY_HEADERS } from '../app/headers.ts'
import { createRun, testStudio } from '../testing/studio.ts'
import { startServer } from './server.ts'

async function serve() {
  const { studio, dataDir } = await testStudio()
  await mkdir(join(dataDir, 'renderer'))
  await writeFile(join(dataDir, 'renderer/index.html'), '<!doctype html>')
  const server = await startServer(studio, 0)
  let open = true
  const close = async () => {
    if (open) await server.close()
    open = false
  }
  onTestFinished(close)
  const { origin, port, hash } = new URL(server.url)
  const token = hash.slice('#token='.length)
  const send = (path: string, init: RequestInit = {}) =>
    fetch(origin + path, { ...init, headers: { [TOKEN_HEADER]: token, ...init.headers } })
  const call = async (method: string, input: unknown) =>
    (await (await send(`/api/${method}`, { method: 'POST', body: JSON.stringify(input) })).json()) as { id: string }
  return { studio, dataDir, origin, port: Number(port), token, send, call, close, url: server.url }
}

it('serves the page on 127.0.0.1 with a fresh 256-bit token in the fragment', async () => {
  const first = await serve()
  const second = await serve()
  expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}$/)
  expect(first.token).not.toBe(second.token)
  const response = await fetch(first.origin)
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('<!doctype html>')
})

it('refuses by Host and token over real HTTP, with the security headers', async () => {
  const { origin, port, send } = await serve()
  const foreign = httpRequest({ host: '127.0.0.1', port, headers: { host: `evil.example:${port}` } }).end()
  const [answer] = (await once(foreign, 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(421)
  expect(answer.headers['content-security-policy']).toBe(SECURITY_HEADERS['content-security-policy'])
  expect(JSON.parse(await text(answer))).toMatchObject({ code: 'bad_request' })
  const stranger = await fetch(`${origin}/api/settings.get`, { method: 'POST', body: '{}' })
  expect(stranger.status).toBe(401)
  expect(stranger.headers.get('access-control-allow-origin')).toBeNull()
  expect((await send('/api/settings.get', { method: 'POST', body: '{}' })).status).toBe(200)
})

it('does not listen beyond this machine', async () => {
  const { port } = await serve()
  // The whole of 127.0.0.0/8 is this machine on Linux, but only 127.0.0.1 is listened on.
  const socket = connect(port, process.platform === 'linux' ? '127.0.0.2' : '::1')
  await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED')
})

it('moves bytes both ways', async () => {
  const { dataDir, send, call } = await serve()
  const bytes = Buffer.alloc(3_000_000, 'gradus ')
  const { id } = await call('sources.create', { name: 'a.txt', bytes: bytes.length })
  const half = 1_500_000
  for (const offset of [0, half]) {
    const body = new Blob([bytes.subarray(offset, offset + half)])
    expect((await send(`/blobs/uploads/${id}?offset=${offset}`, { method: 'PUT', body })).status).toBe(200)
  }
  expect((await readFile(join(dataDir, 'uploads', id))).equals(bytes)).toBe(true)
  await mkdir(join(dataDir, 'datasets/d/tokens/t'), { recursive: true })
  await writeFile(join(dataDir, 'datasets/d/tokens/t/x.bin'), bytes)
  const range = await send('/blobs/tokens/d/t/x.bin', { headers: { range: 'bytes=7-2000006' } })
  expect(range.status).toBe(206)
  expect(Buffer.from(await range.arrayBuffer()).equals(bytes.subarray(7, 2_000_007))).toBe(true)
})

it('refuses a part that is too large before it is sent, and goes on', async () => {
  const { send, call } = await serve()
  const { id } = await call('sources.create', { name: 'a.txt', bytes: 2 * LIMITS.partBytes })
  const body = new Blob([new Uint8Array(LIMITS.partBytes + 1)])
  const refused = await send(`/blobs/uploads/${id}?offset=0`, { method: 'PUT', body })
  expect(refused.status).toBe(413)
  expect(await refused.json()).toMatchObject({ code: 'too_large' })
  expect((await send(`/blobs/uploads/${id}?offset=0`, { method: 'PUT', body: new Blob(['a']) })).status).toBe(200)
})

it('takes a call whose length is not announced, up to the limit', async () => {
  const { send } = await serve()
  const chunked = (size: number) => {
    const text = JSON.stringify({ name: 'x'.repeat(size) })
    const stream = new Blob([text]).stream()
    return send('/api/projects.create', { method: 'POST', body: stream, duplex: 'half' } as RequestInit)
  }
  expect((await chunked(10)).status).toBe(200)
  expect((await chunked(LIMITS.rpcBytes)).status).toBe(413)
})

it('notices that a page has gone', async () => {
  const { dataDir, studio, send, call } = await serve()
  const run = await createRun(studio, dataDir)
  const gone = new AbortController()
  const stream = await send('/events', { signal: gone.signal })
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toBe('{"type":"hello"}\n')
  await call('runs.update', { id: run.id, patch: { status: 'running' } })
  reader.cancel().catch(() => {})
  gone.abort()
  await vi.waitFor(async () => expect(await call('runs.get', { id: run.id })).toMatchObject({ status: 'interrupted' }))
})

it('closes with streams open', async () => {
  const { send, close, origin } = await serve()
  const stream = await send('/events')
  const ended = stream.text().catch(() => '')
  await close()
  await ended
  await expect(fetch(origin)).rejects.toThrow()
})

it('says that a port is taken', async () => {
  const { port, studio } = await serve()
  await expect(startServer(studio, port)).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringContaining(`${port}`),
  })
})
