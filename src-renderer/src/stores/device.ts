import type { FactGroup, Peaks } from '@engine/profile/profile.ts'
import type { StepProfile, StepSpec } from '@engine/profile/step.ts'
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { useEngineStore } from './engine.ts'

/** What was found out about the device in use; forgotten when another one takes its place. */
export const useDeviceStore = defineStore('device', () => {
  const engine = useEngineStore()
  const groups = shallowRef<FactGroup[]>([])
  const peaks = shallowRef<Peaks | null>(null)
  const profile = shallowRef<StepProfile | null>(null)

  watch(
    () => engine.backend,
    () => {
      groups.value = []
      peaks.value = null
      profile.value = null
    },
    { flush: 'sync' },
  )

  async function describe(): Promise<void> {
    groups.value = (await engine.look({ at: 'device' })).groups
  }

  /** Measures what the device does at most, once. */
  async function measure(): Promise<void> {
    peaks.value ??= (await engine.look({ at: 'peaks' })).peaks
  }

  /** Where the time of a training step goes. */
  async function profileStep(spec: StepSpec): Promise<void> {
    await measure()
    profile.value = (await engine.look({ at: 'step', spec })).profile
  }

  return { groups, peaks, profile, describe, measure, profileStep }
})
