import type { Choice } from './choose-backend.ts'
import type { Device, OpenBackend } from './device.ts'
import type { BackendWish } from './protocol.ts'

/** Why the processor stands in for a card that stays away. */
const STAND_IN: Choice = {
  kind: 'cpu',
  cause: 'the card was lost',
  reason: 'The graphics device was lost and did not come back, so the processor took over.',
}

/** The device as one run uses it: after a loss the same kind again, though at first there may be only something slower. */
export class RunDevice {
  /** @param choice the kind to train on; the open device, or what suits the wish, when left out */
  constructor(
    private readonly device: Device,
    private readonly wanted: BackendWish['backend'],
    private choice?: Choice,
  ) {}

  async open(): Promise<OpenBackend> {
    const backend = await this.device.backend(this.choice)
    const { kind, cause, reason } = backend.description
    this.choice = { kind, cause, reason }
    return backend
  }

  /** Has the processor take the place of a lost card; false where the person insists on the card, or it is the processor already. */
  replace(): boolean {
    if (this.wanted !== 'auto' || this.choice?.kind !== 'webgpu') return false
    this.choice = STAND_IN
    return true
  }
}
