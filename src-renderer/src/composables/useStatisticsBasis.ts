import type { Dataset } from '@shared/contract/schemas.ts'
import { computed } from 'vue'
import { useDataStore } from '@/stores/data.ts'
import { useProjectsStore } from '@/stores/projects.ts'
import { usePretrained } from './usePretrained.ts'

/**
 * What a dataset of the current project is counted with: for the text itself the project's tokenizer, if it was made for this text, and
 * the model's context; for examples those of the pretrained model that learns from them.
 */
export function useStatisticsBasis(dataset: () => Dataset) {
  const data = useDataStore()
  const projects = useProjectsStore()
  const pretrained = usePretrained()
  return computed(() => {
    const project = projects.current
    if (dataset().purpose !== 'pretrain' && pretrained.value) {
      return { tokenizerId: pretrained.value.tokenizerId, context: pretrained.value.config.nPositions }
    }
    const tokenizer = data.tokenizer(project?.tokenizerId ?? null)
    const fits = dataset().purpose !== 'pretrain' || tokenizer?.datasetId === dataset().id
    return { tokenizerId: fits ? (tokenizer?.id ?? null) : null, context: project?.model?.nPositions ?? null }
  })
}
