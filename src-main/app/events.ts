import type { StudioEvent } from '@shared/contract/schemas.ts'
import type { EventBus } from '../services/context.ts'

const PING_MS = 15_000
/** A reader that leaves this many events unread is gone in all but name. */
const MAX_UNREAD = 1_000

export interface EventStreams {
  /** One NDJSON stream: hello, then every event, and a ping now and then, until the reader goes. */
  open(request: Request): Response
  /** Ends every stream. */
  closeAll(): void
}

/**
 * @param onNoneOpen called when the last open stream ends and before the first opens: no page is there that could still
 *   be training (a reloaded page has left its worker behind).
 */
export function createEventStreams(bus: EventBus, onNoneOpen: () => void): EventStreams {
  const open = new Set<() => void>()
  const encoder = new TextEncoder()

  function stream(signal: AbortSignal): ReadableStream<Uint8Array> {
    let end: () => void
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          const send = (event: StudioEvent) => {
            if ((controller.desiredSize ?? 0) < -MAX_UNREAD) end()
            else controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`))
          }
          const unsubscribe = bus.subscribe(send)
          const ping = setInterval(() => send({ type: 'ping' }), PING_MS)
          end = () => {
            if (!open.delete(end)) return
            clearInterval(ping)
            unsubscribe()
            signal.removeEventListener('abort', end)
            try {
              controller.close()
            } catch {
              // The reader has cancelled it already.
            }
            if (open.size === 0) onNoneOpen()
          }
          if (open.size === 0) onNoneOpen()
          open.add(end)
          signal.addEventListener('abort', end)
          send({ type: 'hello' })
        },
        cancel: () => end(),
      },
      { highWaterMark: 1 },
    )
  }

  return {
    open: (request) =>
      new Response(stream(request.signal), {
        headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
      }),
    closeAll() {
      for (const end of [...open]) end()
    },
  }
}
