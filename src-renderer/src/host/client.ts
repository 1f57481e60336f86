import { MainClient } from '@engine/worker/rpc.ts'
import type { Input, Method, Output } from '@shared/contract/api.ts'
import type { HostSession } from './session.ts'

let client: MainClient | null = null

/** Sets how this page reaches main; once, before anything is called. */
export function openHost(session: HostSession): void {
  client = new MainClient(session.baseUrl, session.token)
}

/** The page's client of main. */
export function host(): MainClient {
  if (!client) throw new Error('openHost() has not run')
  return client
}

/** Calls one of main's methods. Rejects with an AppError in main's own words, or one that says main cannot be reached. */
export const call = <M extends Method>(method: M, input: Input<M>): Promise<Output<M>> => host().call(method, input)
