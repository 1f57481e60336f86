import type { GptConfig } from '@shared/model/config.ts'
import { computed, type Ref } from 'vue'
import { adapterLabel } from '@/logic/adapter.ts'
import { previewRows } from '@/logic/runPreview.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useTrainedOn } from './useTrainedOn.ts'
import type { TrainingDraft } from './useTrainingDraft.ts'

/** The rows of the run preview for a draft. `seqLen` tells the tokens of an example where it is not the context. */
export function useRunPreview(
  draft: Ref<TrainingDraft | null>,
  config: () => GptConfig | null,
  seqLen: () => number | null = () => null,
) {
  const engine = useEngineStore()
  const on = useTrainedOn()
  return computed(() => {
    const shape = config()
    if (!draft.value || !shape) return []
    const { kind, plan, examples, head, hardware } = draft.value
    return previewRows({
      kind,
      config: shape,
      head,
      settings: plan.settings,
      examples,
      seqLen: seqLen() ?? shape.nPositions,
      hardware: engine.backend ? adapterLabel(engine.backend) : '–',
      device: hardware,
      adapter: on.value.adapter,
      runs: on.value.runs,
      changed: plan.changed.length,
    })
  })
}
