import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { AppError } from '@shared/contract/errors.ts'
import type { App } from '../app/app.ts'
import { secured } from '../app/headers.ts'
import { guard } from './guard.ts'

const TOKEN_BYTES = 32

export interface WebServer {
  /** Address of the page, with the token in its fragment, which browsers send to no server. */
  url: string
  close(): Promise<void>
}

/** Serves the app on 127.0.0.1; port 0 takes a free one. AppError 'busy' when the port is taken. */
export async function startServer(app: App, wantedPort: number): Promise<WebServer> {
  const token = randomBytes(TOKEN_BYTES).toString('hex')
  const server = createServer(
    getRequestListener(async (request) => {
      const refused = guard(request, { port, token })
      return refused ? secured(refused) : app.handle(request)
    }),
  )
  const port = await listen(server, wantedPort)
  return {
    url: `http://127.0.0.1:${port}/#token=${token}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new AppError({
      code: 'busy',
      message: `Port ${port} is used by another program.`,
      hint: 'Leave --port out to take a free one, or name another.',
    })
  }
  return (server.address() as AddressInfo).port
}
