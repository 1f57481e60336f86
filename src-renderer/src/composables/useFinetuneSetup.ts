import type { Input } from '@shared/contract/api.ts'
import type { Project, Run } from '@shared/contract/schemas.ts'
import { computed, ref, watch } from 'vue'
import { auditNeed, setNeed } from '@/logic/finetuneNeed.ts'
import { engineNeed, firstNeed } from '@/logic/trainingNeeds.ts'
import { SLOTS, useDataStore } from '@/stores/data.ts'
import { useDatasetDraftsStore } from '@/stores/datasetDrafts.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useRunsStore } from '@/stores/runs.ts'
import { useRecordAudit, type AuditInput } from './useRecordAudit.ts'
import { useTokenizer } from './useTokenizer.ts'
import { useTrainingDraft } from './useTrainingDraft.ts'

/** A finetune to come: its base model, its examples with their audit, its settings, and the run it would be. */
export function useFinetuneSetup(kind: 'instruct' | 'classify', project: () => Project) {
  const data = useDataStore()
  const drafts = useDatasetDraftsStore()
  const engine = useEngineStore()
  const runs = useRunsStore()
  const id = project().id

  /** Pretrained models of the project that have something saved, the project's own first. */
  const bases = computed<Run[]>(() => {
    const own = project().pretrainRunId
    return runs
      .ofProject(id)
      .filter((run) => run.kind === 'pretrain' && run.checkpoints.length > 0)
      .toSorted((a, b) => Number(b.id === own) - Number(a.id === own))
  })
  const chosen = ref<string | null>(null)
  const base = computed(() => bases.value.find((run) => run.id === chosen.value) ?? bases.value[0] ?? null)
  const dataset = computed(() => data.dataset(project()[SLOTS[kind]]))
  const importing = computed(() => data.jobFor(id, SLOTS[kind]) !== null)
  const { tokenizer, error: tokenizerError } = useTokenizer(() => base.value?.tokenizerId ?? null)

  // Ids and numbers, so that a run's news alone do not make the audit anew.
  const datasetId = computed(() => (dataset.value?.status === 'ready' ? dataset.value.id : null))
  const context = computed(() => base.value?.config.nPositions ?? null)
  const auditInput = computed<AuditInput | null>(() =>
    datasetId.value !== null && tokenizer.value && context.value !== null
      ? { kind, datasetId: datasetId.value, tokenizer: tokenizer.value, context: context.value }
      : null,
  )
  const { audit, error: auditError } = useRecordAudit(() => auditInput.value)
  const acknowledged = ref(false)
  watch(audit, () => (acknowledged.value = false))

  const settings = useTrainingDraft(id, kind, () => {
    const amount = dataset.value?.records
    if (!base.value || !amount || dataset.value?.status !== 'ready') return null
    const { hardware } = engine
    const recordTokens = audit.value?.longest
    const numLabels = kind === 'classify' ? { numLabels: Math.max(2, dataset.value.classes.length) } : {}
    const tokens = recordTokens ? { recordTokens } : {}
    return { kind, config: base.value.config, amount, hardware, ...tokens, ...numLabels }
  })

  const need = computed(() =>
    firstNeed(
      base.value ? null : { text: 'A pretrained model to start from', stage: 'pretrain' },
      setNeed(kind, dataset.value, drafts.hasDraft(dataset.value?.id ?? null)),
      auditNeed(audit.value, acknowledged.value),
      engineNeed({
        state: engine.state,
        active: runs.byId(engine.activeRunId),
        wrongFields: settings.wrongFields.value,
      }),
    ),
  )
  const input = computed<Input<'runs.create'> | null>(() => {
    const plan = settings.draft.value?.plan
    if (!plan || !base.value || !dataset.value) return null
    return {
      projectId: id,
      kind,
      config: base.value.config,
      tokenizerId: base.value.tokenizerId,
      datasetId: dataset.value.id,
      baseRunId: base.value.id,
      labels: kind === 'classify' ? dataset.value.classes.map(({ label }) => label) : [],
      settings: plan.settings,
    }
  })
  const error = computed(() => tokenizerError.value ?? auditError.value)
  const choose = (runId: string) => (chosen.value = runId)
  return {
    ...settings,
    bases,
    base,
    choose,
    dataset,
    importing,
    tokenizer,
    audit,
    acknowledged,
    need,
    input,
    error,
  }
}
