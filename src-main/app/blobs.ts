import { extname } from 'node:path'
import { stat } from 'node:fs/promises'
import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { Hono } from 'hono'
import type { Body } from '../fs/part-file.ts'
import { readStream } from '../fs/read-stream.ts'
import { checkedName, type Paths } from '../fs/paths.ts'
import type { Checkpoints } from '../services/checkpoints.ts'
import type { Sources } from '../services/sources.ts'
import { parseRange } from './range.ts'
import { join } from 'node:path'

const TYPES: Record<string, string> = { '.json': 'application/json', '.jsonl': 'application/x-ndjson' }
const PARTS = ['train', 'val', 'test'] as const

const noSuchFile = (name: string) => new AppError({ code: 'not_found', message: `There is no file ${name}.` })

/** A file of the data folder, whole (200) or the range asked for (206, 416). */
async function fileResponse(request: Request, path: string, name: string): Promise<Response> {
  const info = await stat(path).catch(() => null)
  if (!info?.isFile()) throw noSuchFile(name)
  const { size } = info
  const range = parseRange(request.headers.get('range'), size)
  const headers = {
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
  }
  if (range === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } })
  }
  const { start, end } = range ?? { start: 0, end: size - 1 }
  return new Response(size === 0 ? null : readStream(path, start, end), {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      'content-length': String(end - start + 1),
      ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    },
  })
}

/** The offset and body of a part, its announced length checked before a byte is read. */
function part(request: Request): { offset: number; body: Body } {
  const offset = Number(new URL(request.url).searchParams.get('offset') ?? Number.NaN)
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new AppError({ code: 'bad_request', message: 'A part needs ?offset=N, the number of bytes sent before it.' })
  }
  if (Number(request.headers.get('content-length') ?? 0) > LIMITS.partBytes) {
    throw new AppError({
      code: 'too_large',
      message: `A part may hold at most ${LIMITS.partBytes.toLocaleString('en-US')} bytes.`,
      hint: 'Send the file in smaller parts.',
      details: { partBytes: LIMITS.partBytes },
    })
  }
  return { offset, body: (request.body ?? []) as Body }
}

/** Bulk bytes: what the contract's `routes` name. Every id and name is checked by `paths`. */
export function blobRoutes(paths: Paths, sources: Sources, checkpoints: Checkpoints): Hono {
  return new Hono()
    .put('/uploads/:id', async (c) => {
      const { offset, body } = part(c.req.raw)
      return c.json({ bytes: await sources.receive(c.req.param('id'), offset, body) })
    })
    .put('/checkpoints/:runId/:id/:name', async (c) => {
      const { runId, id, name } = c.req.param()
      const { offset, body } = part(c.req.raw)
      return c.json({ bytes: await checkpoints.receive(runId, id, name, offset, body) })
    })
    .get('/checkpoints/:runId/:id/:name', (c) => {
      const { runId, id, name } = c.req.param()
      return fileResponse(c.req.raw, join(paths.checkpoint(runId, id), checkedName(name)), name)
    })
    .get('/tokens/:datasetId/:tokenizerId/:name', (c) => {
      const { datasetId, tokenizerId, name } = c.req.param()
      return fileResponse(c.req.raw, paths.shard(datasetId, tokenizerId, name), name)
    })
    .get('/tokenizers/:id/tokenizer.json', (c) => {
      return fileResponse(c.req.raw, paths.tokenizerJson(c.req.param('id')), 'tokenizer.json')
    })
    .get('/datasets/:id/:name', (c) => {
      const { id, name } = c.req.param()
      const wanted = PARTS.find((known) => name === `${known}.jsonl`)
      if (!wanted) throw noSuchFile(name)
      return fileResponse(c.req.raw, paths.records(id, wanted), name)
    })
}
