import { expect, test, vi } from 'vitest'
import { EngineClient, type EnginePort } from './client.ts'
import type { EngineCommand, EngineEvent } from './protocol.ts'

function setUp() {
  const sent: EngineCommand[] = []
  let message: (event: { data: EngineEvent }) => void = () => {}
  let error: (event: { message?: string }) => void = () => {}
  const port: EnginePort = {
    postMessage: (command) => sent.push(command),
    addEventListener: (type: string, listener: unknown) => {
      if (type === 'message') message = listener as typeof message
      else error = listener as typeof error
    },
  }
  return {
    client: new EngineClient(port),
    sent,
    emit: (data: EngineEvent) => message({ data }),
    crash: () => error({ message: 'x' }),
  }
}
const sampling = { temperature: 1, topK: 0, topP: 1, maxTokens: 5, seed: 1 }

test('a generation streams its text and resolves with why it ended', async () => {
  const { client, sent, emit } = setUp()
  const text = vi.fn()
  const answer = client.generate({ prompt: 'a', instruct: false, sampling }, text)
  const requestId = (sent[0] as { requestId: string }).requestId
  expect(sent[0]).toEqual({ type: 'generate', requestId, prompt: 'a', instruct: false, sampling })
  emit({ type: 'token', requestId, text: 'b' })
  emit({ type: 'token', requestId: 'other', text: 'no' })
  emit({ type: 'generated', requestId, stopReason: 'length', tokens: 1, tokensPerSecond: 3, promptCut: 0 })
  expect(await answer).toMatchObject({ stopReason: 'length', tokens: 1 })
  expect(text.mock.calls).toEqual([['b']])
})

test('aborting sends a cancel for the same request', async () => {
  const { client, sent, emit } = setUp()
  const abort = new AbortController()
  const answer = client.generate({ prompt: 'a', instruct: true, sampling }, () => {}, abort.signal)
  const requestId = (sent[0] as { requestId: string }).requestId
  abort.abort()
  expect(sent[1]).toEqual({ type: 'cancel', requestId })
  emit({ type: 'generated', requestId, stopReason: 'stopped', tokens: 0, tokensPerSecond: 0, promptCut: 0 })
  expect((await answer).stopReason).toBe('stopped')
})

test('a refused request rejects with the error it was given', async () => {
  const { client, sent, emit } = setUp()
  const loaded = client.loadModel('run-1')
  const requestId = (sent[0] as { requestId: string }).requestId
  emit({ type: 'requestFailed', requestId, error: { code: 'corrupt', message: 'Bad checkpoint.' } })
  await expect(loaded).rejects.toMatchObject({ code: 'corrupt', message: 'Bad checkpoint.' })
})

test('a crash of the worker fails what waits and tells the listeners', async () => {
  const { client, crash } = setUp()
  const events: EngineEvent[] = []
  const off = client.on((event) => events.push(event))
  const waiting = client.classify('x')
  crash()
  await expect(waiting).rejects.toMatchObject({ code: 'internal' })
  expect(events.map((e) => e.type)).toEqual(['unavailable'])
  off()
  crash()
  expect(events.length).toBe(1)
})

test('closing it refuses what is still asked, and hears no more events', async () => {
  const { client, emit } = setUp()
  const heard = vi.fn()
  client.on(heard)
  const answer = client.classify('a')
  client.close()
  await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  emit({ type: 'deviceLost', reason: 'x', recovering: true })
  expect(heard).not.toHaveBeenCalled()
})
