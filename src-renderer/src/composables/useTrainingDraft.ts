import type { RunKind } from '@shared/contract/schemas.ts'
import type { DefaultsInput } from '@shared/model/defaults.ts'
import { useSessionStorage } from '@vueuse/core'
import { computed } from 'vue'
import { fieldTarget, settingLabel } from '@/logic/trainingFields.ts'
import {
  examplesPerPass,
  planTraining,
  settingErrors,
  type Overrides,
  type SettingKey,
  type TrainingPlan,
} from '@/logic/trainingPlan.ts'

export interface TrainingDraft {
  kind: RunKind
  plan: TrainingPlan
  errors: Partial<Record<SettingKey, string>>
  /** Of one pass over the data. */
  examples: number
}

/**
 * The settings of the run to come: automatic, with what was set by hand in their place. Kept over a reload, per project and kind.
 * `input` is null while something is missing that the settings depend on.
 */
export function useTrainingDraft(projectId: string, kind: RunKind, input: () => Omit<DefaultsInput, 'chosen'> | null) {
  const overrides = useSessionStorage<Overrides>(`gradus.settings.${projectId}.${kind}`, {})
  const draft = computed<TrainingDraft | null>(() => {
    const given = input()
    if (!given) return null
    const plan = planTraining(given, overrides.value)
    return {
      kind,
      plan,
      errors: settingErrors(plan.settings),
      examples: examplesPerPass(kind, given.config, given.amount.train),
    }
  })
  const wrongFields = computed(() =>
    (Object.keys(draft.value?.errors ?? {}) as SettingKey[]).map((key) => ({
      target: fieldTarget(key),
      label: settingLabel(key),
    })),
  )

  function set(patch: Overrides): void {
    overrides.value = { ...overrides.value, ...patch }
  }
  function reset(key: SettingKey): void {
    overrides.value = Object.fromEntries(Object.entries(overrides.value).filter(([name]) => name !== key))
  }
  function resetAll(): void {
    overrides.value = {}
  }

  return { draft, wrongFields, set, reset, resetAll }
}
