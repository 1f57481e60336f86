import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Project } from '@shared/contract/schemas.ts'
import type { GptConfig } from '@shared/model/config.ts'
import { presetById, presetConfig, type PresetId } from '@shared/model/presets.ts'
import { recommendPreset } from '@shared/model/recommend.ts'
import { validateConfig } from '@shared/model/validate.ts'
import { watchDebounced } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { sizeOf, withSize, type SizeId } from '@/logic/modelDraft.ts'
import { useDataStore } from '@/stores/data.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useProjectsStore } from '@/stores/projects.ts'

/**
 * The architecture as it stands on the screen: the project's, else the one advised for its text, with the changes made since. Changes
 * are saved as they are made, except while they cannot work.
 */
export function useModelDraft(opened: Project) {
  const data = useDataStore()
  const engine = useEngineStore()
  const projects = useProjectsStore()
  /** By its id: when the screen is left for another project, the last change must still reach this one. */
  const project = () => projects.projects.find((one) => one.id === opened.id) ?? opened
  const dataset = computed(() => data.dataset(project().datasetId))
  const tokenizer = computed(() => data.tokenizer(project().tokenizerId))
  const hardware = computed(() => engine.hardware)
  const advice = computed(() => recommendPreset(dataset.value?.characters ?? 0, hardware.value))
  const edited = shallowRef<GptConfig | null>(null)
  const failure = shallowRef<AppErrorData | null>(null)
  /** 'custom' chosen on the dial while the shape is still a preset's. */
  const byHand = ref(false)

  const config = computed<GptConfig>(() => {
    const vocab = tokenizer.value?.vocabSize ?? presetById(advice.value.preset).suggestedVocab
    return edited.value ?? project().model ?? presetConfig(advice.value.preset, vocab)
  })
  const issues = computed(() =>
    validateConfig({
      config: config.value,
      ...(tokenizer.value ? { tokenizerVocab: tokenizer.value.vocabSize, tokens: tokenizer.value.tokens } : {}),
      ...(dataset.value ? { characters: dataset.value.characters } : {}),
    }),
  )
  const blocked = computed(() => issues.value.find((issue) => issue.severity === 'error') ?? null)
  const size = computed<SizeId>(() => (byHand.value ? 'custom' : sizeOf(config.value)))
  /** The preset that a change by hand can be taken back to. */
  const base = ref<PresetId>(size.value === 'custom' ? advice.value.preset : size.value)

  function change(patch: Partial<GptConfig>): void {
    if (size.value !== 'custom') base.value = size.value
    edited.value = { ...config.value, ...patch }
  }
  function setSize(next: SizeId): void {
    if (size.value !== 'custom') base.value = size.value
    byHand.value = next === 'custom'
    if (next === 'custom') return
    base.value = next
    const vocabSize = tokenizer.value?.vocabSize ?? presetById(next).suggestedVocab
    edited.value = { ...withSize(config.value, next), vocabSize }
  }

  /** Writes the config into the project unless it is there already or cannot work. */
  async function save(): Promise<void> {
    if (blocked.value || tokenizer.value === null) return
    if (JSON.stringify(project().model) === JSON.stringify(config.value)) return
    failure.value = null
    try {
      await projects.update(project().id, { model: config.value, preset: sizeOf(config.value) })
    } catch (cause) {
      failure.value = toErrorData(cause)
    }
  }
  watchDebounced(edited, save, { debounce: 250 })
  onScopeDispose(() => {
    if (edited.value) void save()
  })

  return { config, size, base, issues, blocked, advice, dataset, tokenizer, hardware, failure, change, setSize, save }
}
