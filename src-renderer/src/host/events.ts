import { routes } from '@shared/contract/api.ts'
import { eventSchema, type StudioEvent } from '@shared/contract/schemas.ts'
import * as v from 'valibot'
import { host } from './client.ts'
import { readNdjson } from './ndjson.ts'

export type Connection = 'connecting' | 'online' | 'lost'

interface Listener {
  onEvent(event: StudioEvent): void
  /** 'online' after every (re)connection: what happened in between must be asked for. */
  onConnection(state: Connection): void
}

const RETRY_MS = [300, 1000, 2000, 5000]

/** Follows main's event stream, reconnecting for as long as the signal stands. */
export async function followEvents(
  listener: Listener,
  signal: AbortSignal,
  wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    try {
      const response = await host().send(routes.events, { signal })
      failures = 0
      listener.onConnection('online')
      if (response.body) {
        for await (const value of readNdjson(response.body)) listener.onEvent(v.parse(eventSchema, value))
      }
    } catch (error) {
      if (!signal.aborted && failures === 0) console.warn('event stream ended:', error)
    }
    if (signal.aborted) return
    listener.onConnection('lost')
    await wait(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 5000)
  }
}
