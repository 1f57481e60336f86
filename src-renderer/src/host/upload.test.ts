import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { openHost } from './client.ts'
import { uploadFile } from './upload.ts'

interface Sent {
  path: string
  method: string
  bytes: number
}
let sent: Sent[]
let answer: (path: string) => Response

beforeEach(() => {
  sent = []
  answer = (path) =>
    path === '/api/sources.create' ? Response.json({ id: 's1', name: 'a.txt', bytes: 3 }) : Response.json({})
  vi.stubGlobal('window', {})
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    init.signal?.throwIfAborted()
    const path = url.replace('http://host', '')
    sent.push({ path, method: init.method ?? 'GET', bytes: init.body instanceof Blob ? init.body.size : 0 })
    return answer(path)
  })
  openHost({ baseUrl: 'http://host', token: 't' })
})
afterEach(() => vi.unstubAllGlobals())

/** A file of any size without its bytes. */
function bigFile(size: number): File {
  const file = new File(['x'], 'a.txt')
  Object.defineProperty(file, 'size', { value: size })
  file.slice = (start = 0, end = size) => {
    const blob = new Blob(['x'])
    Object.defineProperty(blob, 'size', { value: Math.min(end, size) - start })
    return blob
  }
  return file
}

describe('uploadFile', () => {
  it('sends parts in order and tells how far it is', async () => {
    const progress: number[] = []
    const size = 2 * LIMITS.partBytes + 5
    const source = await uploadFile(bigFile(size), { onProgress: (n) => progress.push(n) })
    expect(source.id).toBe('s1')
    expect(sent.filter((s) => s.method === 'PUT')).toEqual([
      { path: '/blobs/uploads/s1?offset=0', method: 'PUT', bytes: LIMITS.partBytes },
      { path: `/blobs/uploads/s1?offset=${LIMITS.partBytes}`, method: 'PUT', bytes: LIMITS.partBytes },
      { path: `/blobs/uploads/s1?offset=${2 * LIMITS.partBytes}`, method: 'PUT', bytes: 5 },
    ])
    expect(progress).toEqual([LIMITS.partBytes, 2 * LIMITS.partBytes, size])
  })

  it('announces an empty file without a part, so that main can say what is wrong with it', async () => {
    await uploadFile(new File([], 'empty.txt'))
    expect(sent.map((s) => s.path)).toEqual(['/api/sources.create'])
  })

  it('removes what it sent when it is aborted', async () => {
    const abort = new AbortController()
    const upload = uploadFile(bigFile(2 * LIMITS.partBytes), { onProgress: () => abort.abort(), signal: abort.signal })
    await expect(upload).rejects.toMatchObject({ code: 'cancelled' })
    expect(sent.at(-1)?.path).toBe('/api/sources.delete')
  })

  it('passes on what main says', async () => {
    answer = () => Response.json({ code: 'disk_full', message: 'The disk is full.' }, { status: 507 })
    await expect(uploadFile(new File(['abc'], 'a.txt'))).rejects.toMatchObject({ code: 'disk_full' })
  })

  it('says so when the file cannot be read', async () => {
    const folder = bigFile(4096)
    folder.slice = () => ({ arrayBuffer: () => Promise.reject(new Error('NotFoundError')) }) as unknown as Blob
    await expect(uploadFile(folder)).rejects.toBeInstanceOf(AppError)
    expect(sent).toEqual([])
  })

  it('registers the path where the host can', async () => {
    vi.stubGlobal('window', { gradus: { registerFile: () => Promise.resolve('s9') } })
    expect(await uploadFile(new File(['abc'], 'a.txt'))).toEqual({ id: 's9', name: 'a.txt', bytes: 3 })
    expect(sent).toEqual([])
    await uploadFile(new File(['abc'], 'pasted.txt'), { fromDisk: false })
    expect(sent.map((s) => s.method)).toEqual(['POST', 'PUT'])
  })
})
