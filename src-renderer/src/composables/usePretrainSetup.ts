import type { Input } from '@shared/contract/api.ts'
import type { Project } from '@shared/contract/schemas.ts'
import { validateConfig } from '@shared/model/validate.ts'
import { computed, ref, watch } from 'vue'
import { pretrainNeed } from '@/logic/pretrainNeed.ts'
import { firstWords } from '@/logic/trainingPlan.ts'
import { engineNeed, firstNeed } from '@/logic/trainingNeeds.ts'
import { useDataStore } from '@/stores/data.ts'
import { useDatasetDraftsStore } from '@/stores/datasetDrafts.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useRunsStore } from '@/stores/runs.ts'
import { useTrainingDraft } from './useTrainingDraft.ts'

/** A pretraining to come: what is missing for it, its settings, and the run it would be. */
export function usePretrainSetup(project: () => Project) {
  const data = useDataStore()
  const drafts = useDatasetDraftsStore()
  const engine = useEngineStore()
  const runs = useRunsStore()
  const dataset = computed(() => data.dataset(project().datasetId))
  const tokenizer = computed(() => data.tokenizer(project().tokenizerId))
  const config = computed(() => project().model)
  const opening = ref('')
  watch(
    () => (dataset.value?.status === 'ready' ? dataset.value.id : null),
    async (id) => {
      if (id === null) return
      const first = await data.preview({ id, part: 'train', offset: 0, limit: 1 }).catch(() => null)
      opening.value = firstWords(first?.records[0]?.text ?? '')
    },
    { immediate: true },
  )

  /** The first stage before this one that is not done, or null. */
  const missing = computed(() => pretrainNeed(project(), dataset.value, tokenizer.value))
  const settings = useTrainingDraft(project().id, 'pretrain', () => {
    if (missing.value || !config.value || !tokenizer.value) return null
    const prompts = [opening.value, 'Every effort moves you'].filter(Boolean)
    const { hardware } = engine
    return { kind: 'pretrain', config: config.value, amount: tokenizer.value.tokens, hardware, prompts }
  })

  const need = computed(() => {
    const issue =
      config.value && tokenizer.value
        ? validateConfig({
            config: config.value,
            tokenizerVocab: tokenizer.value.vocabSize,
            tokens: tokenizer.value.tokens,
          }).find(({ severity }) => severity === 'error')
        : undefined
    return firstNeed(
      missing.value ? { text: missing.value.title, stage: missing.value.stage } : null,
      drafts.hasDraft(project().datasetId) ? { text: 'Apply or discard the changes to the data', stage: 'data' } : null,
      issue ? { text: issue.message, stage: 'model' } : null,
      engineNeed({
        state: engine.state,
        active: runs.byId(engine.activeRunId),
        wrongFields: settings.wrongFields.value,
      }),
    )
  })
  const input = computed<Input<'runs.create'> | null>(() => {
    const plan = settings.draft.value?.plan
    if (!plan || !config.value || !tokenizer.value || !dataset.value) return null
    return {
      projectId: project().id,
      kind: 'pretrain',
      config: config.value,
      tokenizerId: tokenizer.value.id,
      datasetId: dataset.value.id,
      baseRunId: null,
      labels: [],
      settings: plan.settings,
    }
  })
  return { ...settings, missing, need, input }
}
