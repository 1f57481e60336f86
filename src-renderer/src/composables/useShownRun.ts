import type { Project, RunKind } from '@shared/contract/schemas.ts'
import { computed, watch } from 'vue'
import { useRoute } from 'vue-router'
import { useProjectsStore } from '@/stores/projects.ts'
import { useRunsStore } from '@/stores/runs.ts'

type RunSlot = { [K in keyof Project]: K extends `${RunKind}RunId` ? K : never }[keyof Project]
/** Which field of a project holds its run of a kind. */
export const RUN_SLOTS: Record<RunKind, RunSlot> = {
  pretrain: 'pretrainRunId',
  instruct: 'instructRunId',
  classify: 'classifyRunId',
}

/**
 * The run that a training screen shows, its curve and samples loaded: the one the address asks for (`?run=`), else the project's.
 * `earlier` says that it is not the one the project uses.
 */
export function useShownRun(kind: RunKind) {
  const route = useRoute()
  const projects = useProjectsStore()
  const runs = useRunsStore()
  const own = computed(() => projects.current?.[RUN_SLOTS[kind]] ?? null)
  const run = computed(() => {
    const asked = typeof route.query['run'] === 'string' ? runs.byId(route.query['run']) : null
    if (asked?.kind === kind && asked.projectId === projects.currentId) return asked
    return runs.byId(own.value)
  })
  watch(
    () => run.value?.id ?? null,
    (id) => void runs.select(id),
    { immediate: true },
  )
  return { run, earlier: computed(() => run.value !== null && run.value.id !== own.value) }
}
