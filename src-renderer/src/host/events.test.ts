import { afterEach, describe, expect, it, vi } from 'vitest'
import { openHost } from './client.ts'
import { followEvents, type Connection } from './events.ts'
import { readNdjson } from './ndjson.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const stream = (...chunks: Uint8Array<ArrayBuffer>[]) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })

async function all(source: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<unknown[]> {
  const values = []
  for await (const value of readNdjson(source)) values.push(value)
  return values
}

describe('readNdjson', () => {
  it('joins lines and characters that chunks cut apart', async () => {
    const whole = bytes('{"a":"é中"}\n\n[1]\n{"b":2}')
    const chunks = [...whole].map((b) => Uint8Array.of(b))
    expect(await all(stream(...chunks))).toEqual([{ a: 'é中' }, [1], { b: 2 }])
  })
  it('refuses a line that is not JSON', async () => {
    await expect(all(stream(bytes('{"a":1}\nnope\n')))).rejects.toThrow()
  })
})

describe('followEvents', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('reconnects after the stream ends and after main was away', async () => {
    const stop = new AbortController()
    const answers = [
      () => new Response(stream(bytes('{"type":"hello"}\n'))),
      () => Promise.reject(new TypeError('Failed to fetch')),
      () => new Response(stream(bytes('{"type":"ping"}\n'))),
    ]
    vi.stubGlobal('fetch', async () => answers.shift()?.() ?? new Promise<Response>(() => {}))
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    openHost({ baseUrl: 'http://host', token: '' })
    const seen: string[] = []
    const states: Connection[] = []
    const waits: number[] = []
    await followEvents(
      {
        onEvent: (event) => {
          seen.push(event.type)
          if (event.type === 'ping') stop.abort()
        },
        onConnection: (state) => states.push(state),
      },
      stop.signal,
      (ms) => {
        waits.push(ms)
        return Promise.resolve()
      },
    )
    expect(seen).toEqual(['hello', 'ping'])
    expect(states).toEqual(['online', 'lost', 'lost', 'online'])
    expect(waits).toEqual([300, 1000])
  })
})
