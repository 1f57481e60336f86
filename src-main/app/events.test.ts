import type { Job } from '@shared/contract/schemas.ts'
import { expect, it, vi } from 'vitest'
import { createEventBus } from '../services/context.ts'
import { createEventStreams } from './events.ts'

const job: Job = {
  id: 'j',
  kind: 'import',
  label: 'a.txt',
  state: 'running',
  phase: 'Reading',
  done: 1,
  total: 2,
  unit: 'bytes',
  resultId: 'd',
}

function open(signal?: AbortSignal) {
  const bus = createEventBus()
  const onNoneOpen = vi.fn()
  const streams = createEventStreams(bus, onNoneOpen)
  const connect = () => {
    const response = streams.open(new Request('http://studio/events', signal ? { signal } : {}))
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    return { response, reader }
  }
  return { bus, streams, onNoneOpen, connect }
}

it('sends hello, events as they come, and a ping every 15 s', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { bus, connect, streams } = open()
  const { response, reader } = connect()
  expect(response.headers.get('content-type')).toBe('application/x-ndjson')
  expect((await reader.read()).value).toBe('{"type":"hello"}\n')
  bus.emit({ type: 'job', job })
  expect(JSON.parse((await reader.read()).value!)).toEqual({ type: 'job', job })
  vi.advanceTimersByTime(15_000)
  expect((await reader.read()).value).toBe('{"type":"ping"}\n')
  streams.closeAll()
  expect((await reader.read()).done).toBe(true)
  vi.useRealTimers()
})

it('ends with the request, and then nothing listens any more', async () => {
  const stop = new AbortController()
  const { bus, connect } = open(stop.signal)
  const { reader } = connect()
  await reader.read()
  stop.abort()
  expect((await reader.read()).done).toBe(true)
  expect(() => bus.emit({ type: 'ping' })).not.toThrow()
})

it('tells when no page is there any more, also after a reader just went', async () => {
  const { connect, onNoneOpen } = open()
  const first = connect()
  expect(onNoneOpen).toHaveBeenCalledTimes(1)
  const second = connect()
  await first.reader.cancel()
  await second.reader.cancel()
  await vi.waitFor(() => expect(onNoneOpen).toHaveBeenCalledTimes(2))
})

it('drops a reader that has stopped reading', () => {
  const { bus, connect, onNoneOpen } = open()
  connect()
  for (let i = 0; i < 1_100; i++) bus.emit({ type: 'job', job })
  expect(onNoneOpen).toHaveBeenCalledTimes(2)
})
