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

/** The one device in use: opened when first needed, and again after a loss. */
export class Device {
  private current: Promise<OpenBackend> | null = null

  constructor(
    private readonly open: () => Promise<OpenBackend>,
    /** Told the reason when a device that was in use is lost. */
    private readonly onLost: (reason: string) => void,
  ) {}

  /** The open device. Rejects with 'no_gpu' when there is none. */
  backend(): Promise<OpenBackend> {
    if (this.current) return this.current
    const opening = this.open()
    this.current = opening
    const forget = () => {
      if (this.current === opening) this.current = null
    }
    opening.then((backend) => {
      void backend.lost.then((reason) => {
        forget()
        this.onLost(reason)
      })
    }, forget)
    return opening
  }

  async session(options: SessionOptions): Promise<Session> {
    return (await this.backend()).createSession(options)
  }
}
