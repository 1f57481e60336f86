import type { Session, SessionOptions } from '@engine/model/session.ts'
import type { BackendDescription } from './protocol.ts'

/** A device that models can be put on. */
export interface OpenBackend {
  readonly description: BackendDescription
  createSession(options: SessionOptions): Promise<Session>
  /** Resolves, with the reason, when the device is lost. */
  readonly lost: Promise<string>
  /** Destroys the device, as a driver reset would. */
  lose(): void
}
