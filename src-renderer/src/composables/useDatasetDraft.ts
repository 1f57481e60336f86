import type { Build, Recipe, Split } from '@shared/contract/cleaning.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import { computed, watch } from 'vue'
import { draftCounts } from '@/logic/datasetDraft.ts'
import { useDataStore } from '@/stores/data.ts'
import { useDatasetDraftsStore } from '@/stores/datasetDrafts.ts'
import { useAsync } from './useAsync.ts'

/** How a dataset is to be made, as the person has it now, and how that differs from how it was made. Null where it cannot be made anew. */
export function useDatasetDraft(dataset: () => Dataset) {
  const store = useDatasetDraftsStore()
  const data = useDataStore()
  watch(
    () => dataset().id,
    (id) => void store.load(id).catch(() => {}),
    { immediate: true },
  )
  const draft = computed(() => store.draftOf(dataset()))
  const changes = computed(() => store.changesOf(dataset()))
  const counts = computed(() =>
    draft.value
      ? draftCounts(dataset(), draft.value)
      : {
          good: dataset().records.train + dataset().records.val + dataset().records.test,
          bad: dataset().problems.total,
        },
  )
  const job = computed(() => data.jobs[store.applying[dataset().id] ?? ''] ?? null)
  const apply = useAsync((build?: Build) => store.apply(dataset(), build))

  const setBuild = (patch: Partial<Build>) => {
    if (draft.value) store.change(dataset(), { build: { ...draft.value.build, ...patch } })
  }
  return {
    draft,
    changes,
    counts,
    job,
    apply,
    setBuild,
    setRecipe: (patch: Partial<Recipe>) =>
      draft.value && setBuild({ recipe: { ...draft.value.build.recipe, ...patch } }),
    setSplit: (patch: Partial<Split>) => draft.value && setBuild({ split: { ...draft.value.build.split, ...patch } }),
    discard: () => store.discard(dataset().id),
  }
}
