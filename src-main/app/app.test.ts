import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LIMITS } from '@shared/contract/limits.ts'
import { describe, expect, it } from 'vitest'
import { call, put, request, testStudio } from '../testing/studio.ts'
import { SECURITY_HEADERS } from './headers.ts'

const post = (method: string, body: string) => request(`/api/${method}`, { method: 'POST', body })

describe('rpc', () => {
  it('answers with the output as JSON', async () => {
    const { studio } = await testStudio()
    const response = await studio.handle(post('settings.get', '{}'))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ theme: 'system', backend: 'auto', cpuThreads: null })
  })

  it.each([
    ['projects.get', '{"id":"../../etc"}', 400, 'bad_request', 'projects.get: id: not an id'],
    ['projects.get', '{', 400, 'bad_request', 'projects.get: the body is not JSON.'],
    ['projects.get', '{"id":"nobody"}', 404, 'not_found', 'There is no project nobody.'],
    ['nothing.here', '{}', 404, 'not_found', 'There is no method “nothing.here”.'],
    ['toString', '{}', 404, 'not_found', 'There is no method “toString”.'],
  ])('%s with %s is refused as data', async (method, body, status, code, message) => {
    const { studio } = await testStudio()
    const response = await studio.handle(post(method, body))
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({ code, message })
  })

  it('refuses a body over the limit, announced or not', async () => {
    const { studio } = await testStudio()
    const body = JSON.stringify({ name: 'x'.repeat(LIMITS.rpcBytes) })
    const announced = post('projects.create', body)
    announced.headers.set('content-length', String(body.length))
    expect((await studio.handle(announced)).status).toBe(413)
    const response = await studio.handle(post('projects.create', body))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'too_large' })
  })

  it('tells what it is and where', async () => {
    const { studio, dataDir } = await testStudio()
    const info = await call(studio, 'app.info', {})
    expect(info).toMatchObject({ host: 'web', platform: process.platform, dataDir })
    expect(info.freeDiskBytes).toBeGreaterThan(0)
    expect(info.physicalCores).toBeGreaterThan(0)
  })
})

describe('security headers', () => {
  it('stand on every response, good or bad', async () => {
    const { studio } = await testStudio()
    const requests = [
      post('settings.get', '{}'),
      post('nothing', '{}'),
      request('/blobs/tokenizers/x/tokenizer.json'),
      request('/missing.js'),
      request('/nowhere', { method: 'DELETE' }),
    ]
    for (const each of requests) {
      const { headers } = await studio.handle(each)
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(headers.get(name), name).toBe(value)
    }
  })

  it('allow no inline code and no other origin', () => {
    const policy = SECURITY_HEADERS['content-security-policy'] ?? ''
    expect(policy.match(/'unsafe-[a-z-]+'/g)).toBeNull()
    expect(policy).not.toMatch(/https?:|\*/)
    expect(policy).toContain("frame-ancestors 'none'")
  })
})

describe('files of the data folder', () => {
  async function withShard() {
    const { studio, dataDir } = await testStudio()
    const folder = join(dataDir, 'datasets/d/tokens/t')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'train-000000.bin'), '0123456789')
    await writeFile(join(folder, 'empty.bin'), '')
    const get = (range?: string, name = 'train-000000.bin') =>
      studio.handle(request(`/blobs/tokens/d/t/${name}`, range ? { headers: { range } } : {}))
    return { studio, dataDir, get }
  }

  it('come whole without a range', async () => {
    const { get } = await withShard()
    const response = await get()
    expect(response.status).toBe(200)
    expect(response.headers.get('accept-ranges')).toBe('bytes')
    expect(response.headers.get('content-length')).toBe('10')
    expect(await response.text()).toBe('0123456789')
    expect(await (await get(undefined, 'empty.bin')).text()).toBe('')
  })

  it('come in part with one', async () => {
    const { get } = await withShard()
    const response = await get('bytes=2-4')
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe('bytes 2-4/10')
    expect(response.headers.get('content-length')).toBe('3')
    expect(await response.text()).toBe('234')
  })

  it('answer 416 with their size to a range outside', async () => {
    const { get } = await withShard()
    const response = await get('bytes=10-')
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */10')
  })

  it.each([
    '/blobs/tokens/d/t/nothing.bin',
    '/blobs/datasets/d/dataset.json',
    '/blobs/datasets/d/train.jsonl',
    '/blobs/tokenizers/x/tokenizer.json',
  ])('%s is not found', async (path) => {
    const { studio } = await withShard()
    expect((await studio.handle(request(path))).status).toBe(404)
  })

  it.each([
    '/blobs/tokens/d/..%2f..%2fsettings.json/x',
    '/blobs/tokens/d/t/..%2f..%2f..%2f..%2fsettings.json',
    '/blobs/tokens/d/t/%2e%2e%5csettings.json',
    '/blobs/tokens/%2e%2e/t/x',
    '/blobs/checkpoints/r/..%2f..%2fr2/model.safetensors',
  ])('%s does not leave the folder', async (path) => {
    const { studio, dataDir } = await withShard()
    await writeFile(join(dataDir, 'settings.json'), '{"secret":1}')
    const response = await studio.handle(request(path))
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(await response.text()).not.toContain('secret')
  })

  it('serve records and tokenizers under their routes', async () => {
    const { studio, dataDir } = await withShard()
    await writeFile(join(dataDir, 'datasets/d/val.jsonl'), '{"text":"a"}\n')
    const response = await studio.handle(request('/blobs/datasets/d/val.jsonl'))
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    expect(await response.text()).toBe('{"text":"a"}\n')
  })
})

describe('uploads', () => {
  it('arrive in parts at their offsets', async () => {
    const { studio, dataDir } = await testStudio()
    const source = await call(studio, 'sources.create', { name: 'C:\\texts\\a.txt', bytes: 6 })
    expect(source.name).toBe('a.txt')
    const path = `/blobs/uploads/${source.id}`
    expect(await (await put(studio, `${path}?offset=0`, 'abc')).json()).toEqual({ bytes: 3 })
    expect(await (await put(studio, `${path}?offset=3`, 'def')).json()).toEqual({ bytes: 6 })
    expect(await readFile(join(dataDir, 'uploads', source.id), 'utf8')).toBe('abcdef')
    await call(studio, 'sources.delete', { id: source.id })
    await expect(readFile(join(dataDir, 'uploads', source.id))).rejects.toThrow('ENOENT')
  })

  it.each([
    ['?offset=1', 400, 'starts at 0, not at 1'],
    ['?offset=-1', 400, 'offset=N'],
    ['?offset=x', 400, 'offset=N'],
    ['', 400, 'offset=N'],
  ])('refuse %j', async (query, status, message) => {
    const { studio } = await testStudio()
    const { id } = await call(studio, 'sources.create', { name: 'a.txt', bytes: 3 })
    const response = await put(studio, `/blobs/uploads/${id}${query}`, 'abc')
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code: 'bad_request', message: expect.stringContaining(message) })
  })

  it('refuse a part over the limit, one over the announced size, and a stranger', async () => {
    const { studio } = await testStudio()
    const { id } = await call(studio, 'sources.create', { name: 'a.txt', bytes: 3 })
    const path = `/blobs/uploads/${id}?offset=0`
    expect((await put(studio, path, new Uint8Array(LIMITS.partBytes + 1))).status).toBe(413)
    const announced = request(path, { method: 'PUT', body: 'x', headers: { 'content-length': '99999999' } })
    expect((await studio.handle(announced)).status).toBe(413)
    expect((await put(studio, path, 'abcd')).status).toBe(413)
    expect((await put(studio, path, 'abc')).status).toBe(200)
    expect((await put(studio, '/blobs/uploads/stranger?offset=0', 'abc')).status).toBe(404)
  })

  it('do not outlive the studio', async () => {
    const first = await testStudio()
    const { id } = await call(first.studio, 'sources.create', { name: 'a.txt', bytes: 0 })
    await first.studio.close()
    const { studio, dataDir } = await testStudio(first.dataDir)
    await expect(readFile(join(dataDir, 'uploads', id))).rejects.toThrow('ENOENT')
    await expect(call(studio, 'sources.delete', { id })).rejects.toMatchObject({ code: 'not_found' })
  })
})
