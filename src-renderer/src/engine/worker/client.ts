import { AppError } from '@shared/contract/errors.ts'
import type { Sampling } from '@shared/contract/schemas.ts'
import type { Findings, Look } from './look.ts'
import type { EngineCommand, EngineEvent } from './protocol.ts'

/** The part of Worker that the client uses. */
export interface EnginePort {
  postMessage(command: EngineCommand): void
  addEventListener(type: 'message', listener: (event: { data: EngineEvent }) => void): void
  addEventListener(type: 'error', listener: (event: { message?: string }) => void): void
}

export type Generated = Omit<Extract<EngineEvent, { type: 'generated' }>, 'type' | 'requestId'>
export type Classified = Omit<Extract<EngineEvent, { type: 'classified' }>, 'type' | 'requestId'>

interface Pending {
  resolve(event: EngineEvent): void
  reject(error: AppError): void
  onText?: (text: string) => void
}

/** The page's side of the engine worker: commands out, events to listeners, requests as promises. */
export class EngineClient {
  private readonly listeners = new Set<(event: EngineEvent) => void>()
  private readonly pending = new Map<string, Pending>()
  private requests = 0

  constructor(private readonly port: EnginePort) {
    port.addEventListener('message', ({ data }) => this.receive(data))
    port.addEventListener('error', ({ message }) => this.crashed(message))
  }

  /** Calls `listener` with every event; returns what ends that. */
  on(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Sends a command that is answered by events only. */
  send(command: Exclude<EngineCommand, { requestId: string }>): void {
    this.port.postMessage(command)
  }

  /** Loads a run's model; resolves to the step of the checkpoint it came from. */
  async loadModel(runId: string, prefer: 'best' | 'newest' = 'best'): Promise<number> {
    const event = await this.request((requestId) => ({ type: 'loadModel', requestId, runId, prefer }))
    return (event as Extract<EngineEvent, { type: 'modelLoaded' }>).step
  }

  /**
   * Has the loaded model continue `prompt`, or answer it when `instruct` is set. `onText` gets the pieces as they come;
   * aborting `signal` ends it with stop reason 'stopped'.
   */
  async generate(
    request: { prompt: string; instruct: boolean; sampling: Sampling },
    onText: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<Generated> {
    let id = ''
    const cancel = () => this.port.postMessage({ type: 'cancel', requestId: id })
    const answer = this.request((requestId) => ({ type: 'generate', requestId: (id = requestId), ...request }), onText)
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return (await answer) as Extract<EngineEvent, { type: 'generated' }>
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** Class probabilities of `text` by the loaded classifier, in label order. */
  async classify(text: string): Promise<Classified> {
    return (await this.request((requestId) => ({ type: 'classify', requestId, text }))) as Extract<
      EngineEvent,
      { type: 'classified' }
    >
  }

  /** Makes the new run `intoRunId` a whole model of a run with adapters. */
  async merge(runId: string, intoRunId: string): Promise<void> {
    await this.request((requestId) => ({ type: 'merge', requestId, runId, intoRunId }))
  }

  /** Looks into the device. */
  async look<At extends Look['at']>(look: Look & { at: At }): Promise<Findings & { at: At }> {
    const event = await this.request((requestId) => ({ type: 'look', requestId, look }))
    return (event as Extract<EngineEvent, { type: 'looked' }>).findings as Findings & { at: At }
  }

  /** Ends it: the worker was stopped, and nothing more will come of what was asked. */
  close(): void {
    this.listeners.clear()
    this.refuse(
      new AppError({
        code: 'cancelled',
        message: 'The engine was started anew before it answered.',
        hint: 'Try again.',
      }),
    )
  }

  private request(make: (requestId: string) => EngineCommand, onText?: (text: string) => void): Promise<EngineEvent> {
    const requestId = `r${++this.requests}`
    return new Promise((resolve, reject) => {
      this.pending.set(requestId, { resolve, reject, ...(onText ? { onText } : {}) })
      this.port.postMessage(make(requestId))
    })
  }

  private receive(event: EngineEvent): void {
    for (const listener of this.listeners) listener(event)
    if (!('requestId' in event)) return
    const request = this.pending.get(event.requestId)
    if (!request) return
    if (event.type === 'token') {
      request.onText?.(event.text)
      return
    }
    this.pending.delete(event.requestId)
    if (event.type === 'requestFailed') request.reject(new AppError(event.error))
    else request.resolve(event)
  }

  /** The worker itself failed to load or threw outside any command: nothing more will come of it. */
  private crashed(message: string | undefined): void {
    const error = new AppError({
      code: 'internal',
      message: 'The engine stopped working.',
      hint: 'Reload the window. Training continues from its last checkpoint.',
      ...(message ? { details: { message } } : {}),
    })
    this.receive({ type: 'unavailable', error: error.toData() })
    this.refuse(error)
  }

  private refuse(error: AppError): void {
    for (const request of this.pending.values()) request.reject(error)
    this.pending.clear()
  }
}
