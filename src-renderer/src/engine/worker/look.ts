import type { FactGroup, InspectableBackend, Peaks } from '@engine/profile/profile.ts'
import { profileStep, type StepProfile, type StepSpec } from '@engine/profile/step.ts'

/** What the page may want to know of the device: what it says of itself, what it does at most, where the time of a training step goes. */
export type Look = { at: 'device' } | { at: 'peaks' } | { at: 'step'; spec: StepSpec }

export type Findings =
  { at: 'device'; groups: FactGroup[] } | { at: 'peaks'; peaks: Peaks } | { at: 'step'; profile: StepProfile }

/** @throws AppError 'out_of_memory' where a step to look at does not fit */
export async function lookAt(backend: InspectableBackend, look: Look): Promise<Findings> {
  switch (look.at) {
    case 'device':
      return { at: 'device', groups: backend.facts() }
    case 'peaks':
      return { at: 'peaks', peaks: await backend.peaks() }
    case 'step':
      return { at: 'step', profile: await profileStep(backend, look.spec) }
  }
}
