import type { RunKind } from '@shared/contract/schemas.ts'
import type { GptConfig, Head } from '@shared/model/config.ts'
import type { DefaultsInput } from '@shared/model/defaults.ts'
import type { Hardware } from '@shared/model/hardware.ts'
import { trainableOf } from '@shared/model/trainable-choice.ts'
import { useSessionStorage } from '@vueuse/core'
import { computed } from 'vue'
import { cpuMemoryError } from '@/logic/memoryFit.ts'
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
  config: GptConfig
  head: Head
  /** Tokens of an example as it is trained on. */
  seqLen: number
  hardware: Hardware
  errors: Partial<Record<SettingKey, string>>
  /** Of one pass over the data. */
  examples: number
  /** Tokens of a text to learn from; null for records. */
  tokens: number | null
}

/** Settings of the run to come that were set by hand. Kept over a reload, per project and kind. */
export const useSettingOverrides = (projectId: string, kind: RunKind) =>
  useSessionStorage<Overrides>(`gradus.settings.${projectId}.${kind}`, {})

/**
 * The settings of the run to come: automatic, with what was set by hand in their place.
 * `input` is null while something is missing that the settings depend on.
 */
export function useTrainingDraft(
  projectId: string,
  kind: RunKind,
  input: () => (Omit<DefaultsInput, 'chosen'> & { numLabels?: number }) | null,
) {
  const overrides = useSettingOverrides(projectId, kind)
  const draft = computed<TrainingDraft | null>(() => {
    const given = input()
    if (!given) return null
    const plan = planTraining(given, overrides.value)
    const seqLen = Math.min(given.config.nPositions, given.recordTokens ?? Infinity)
    const { config, hardware, numLabels } = given
    const head: Head = numLabels === undefined ? { kind: 'lm' } : { kind: 'classification', numLabels }
    const trainable = trainableOf(plan.settings.trainable, config, head)
    const tooLarge = cpuMemoryError(config, plan.settings.batchSize, seqLen, hardware, head, trainable)
    return {
      kind,
      plan,
      config,
      head,
      seqLen,
      hardware,
      errors: { ...settingErrors(plan.settings), ...(tooLarge ? { batchSize: tooLarge } : {}) },
      examples: examplesPerPass(kind, given.config, given.amount.train),
      tokens: kind === 'pretrain' ? given.amount.train : null,
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
