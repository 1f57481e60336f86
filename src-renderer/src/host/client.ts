import { MainClient } from '@engine/worker/rpc.ts'
import type { Input, Method, Output } from '@shared/contract/api.ts'
import type { HostSession } from './session.ts'

let session: HostSession | null = null
let client: MainClient | null = null

/** Sets how this page reaches main; once, before anything is called. */
export function openHost(next: HostSession): void {
  session = next
  client = new MainClient(next.baseUrl, next.token)
}

/** What the engine worker needs to reach main itself. */
export function hostSession(): HostSession {
  if (!session) throw new Error('openHost() has not run')
  return session
}

/** The page's client of main. */
export function host(): MainClient {
  if (!client) throw new Error('openHost() has not run')
  return client
}

/** Calls one of main's methods. Rejects with an AppError in main's own words, or one that says main cannot be reached. */
export const call = <M extends Method>(method: M, input: Input<M>): Promise<Output<M>> => host().call(method, input)
