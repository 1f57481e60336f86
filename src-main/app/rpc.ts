import { api, type Method } from '@shared/contract/api.ts'
import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as v from 'valibot'
import type { Handlers } from '../services/handlers.ts'

const isMethod = (name: string): name is Method => Object.hasOwn(api, name)

async function parsedInput<M extends Method>(
  method: M,
  request: Request,
): Promise<v.InferOutput<(typeof api)[M]['input']>> {
  let body: unknown
  try {
    body = await request.json()
  } catch {
    throw new AppError({ code: 'bad_request', message: `${method}: the body is not JSON.` })
  }
  const result = v.safeParse(api[method].input, body)
  if (result.success) return result.output
  const issue = result.issues[0]
  const where = v.getDotPath(issue)
  throw new AppError({
    code: 'bad_request',
    message: `${method}: ${where === null ? '' : `${where}: `}${issue.message}`,
  })
}

async function answer<M extends Method>(handlers: Handlers, method: M, request: Request): Promise<Response> {
  return Response.json(await handlers[method](await parsedInput(method, request)))
}

/** POST /:method with the input as JSON, answered by the method's handler. Errors are thrown as AppError. */
export function rpcRoutes(handlers: Handlers): Hono {
  const limit = bodyLimit({
    maxSize: LIMITS.rpcBytes,
    onError: () => {
      throw new AppError({
        code: 'too_large',
        message: `A call may hold at most ${LIMITS.rpcBytes.toLocaleString('en-US')} bytes.`,
      })
    },
  })
  return new Hono().post('/:method', limit, (c) => {
    const method = c.req.param('method')
    if (!isMethod(method)) throw new AppError({ code: 'not_found', message: `There is no method “${method}”.` })
    return answer(handlers, method, c.req.raw)
  })
}
