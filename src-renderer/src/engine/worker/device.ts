import type { Session, SessionOptions } from '@engine/model/session.ts'
import type { Choice } from './choose-backend.ts'
import type { Findings, Look } from './look.ts'
import type { ChosenBackend } from './protocol.ts'

/** A device that models can be put on. */
export interface OpenBackend {
  readonly description: ChosenBackend
  createSession(options: SessionOptions): Promise<Session>
  look(look: Look): Promise<Findings>
  /** Resolves, with the reason, when the device is lost. */
  readonly lost: Promise<string>
  /** Destroys the device, as a driver reset would. */
  lose(): void
}

/** The one device in use: opened when first needed, and again after a loss. */
export class Device {
  private current: Promise<OpenBackend> | null = null

  constructor(
    /** Opens a device of the kind given, else the one that suits the person's wish. */
    private readonly open: (choice?: Choice) => Promise<OpenBackend>,
    /** Told the reason when a device that was in use is lost. */
    private readonly onLost: (reason: string) => void,
  ) {}

  /** The open device; one of another kind than `choice` gives way to it. Rejects with 'no_gpu' when there is none. */
  async backend(choice?: Choice): Promise<OpenBackend> {
    const opening = this.current ?? this.start(choice)
    const backend = await opening
    if (!choice || backend.description.kind === choice.kind) return backend
    if (this.current === opening) {
      this.current = null
      backend.lose()
    }
    return this.backend(choice)
  }

  async session(options: SessionOptions): Promise<Session> {
    return (await this.backend()).createSession(options)
  }

  private start(choice?: Choice): Promise<OpenBackend> {
    const opening = this.open(choice)
    this.current = opening
    const forget = () => {
      if (this.current === opening) this.current = null
    }
    opening.then((backend) => {
      void backend.lost.then((reason) => {
        // One that gave way is not a loss.
        if (this.current !== opening) return
        forget()
        this.onLost(reason)
      })
    }, forget)
    return opening
  }
}
