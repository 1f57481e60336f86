import { AppError } from '@shared/contract/errors.ts'
import { Hono } from 'hono'
import type { Context } from '../services/context.ts'
import type { Checkpoints } from '../services/checkpoints.ts'
import type { Handlers } from '../services/handlers.ts'
import type { Sources } from '../services/sources.ts'
import { assetResponse } from './assets.ts'
import { blobRoutes } from './blobs.ts'
import { errorResponse, thrownResponse } from './errors.ts'
import type { EventStreams } from './events.ts'
import { secured } from './headers.ts'
import { rpcRoutes } from './rpc.ts'

export interface AppParts {
  ctx: Context
  handlers: Handlers
  sources: Sources
  checkpoints: Checkpoints
  streams: EventStreams
  /** Folder of the built page. */
  rendererDir: string
}

/** Everything the studio answers, as one function over web-standard types: the same behind both hosts. */
export interface App {
  handle(request: Request): Promise<Response>
}

export function createApp({ ctx, handlers, sources, checkpoints, streams, rendererDir }: AppParts): App {
  const hono = new Hono()
    .route('/api', rpcRoutes(handlers))
    .route('/blobs', blobRoutes(ctx.paths, sources, checkpoints))
    .get('/events', (c) => streams.open(c.req.raw))
    .get('*', (c) => assetResponse(rendererDir, new URL(c.req.url).pathname))
  hono.notFound((c) =>
    errorResponse(
      new AppError({ code: 'not_found', message: `${c.req.method} ${c.req.path}: nothing is here.` }).toData(),
    ),
  )
  hono.onError((error) => thrownResponse(error, ctx.log))
  return { handle: async (request) => secured(await hono.fetch(request)) }
}
