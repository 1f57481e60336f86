import { computed } from 'vue'
import { useProjectsStore } from '@/stores/projects.ts'
import { useRunsStore } from '@/stores/runs.ts'

/** The project's pretrained run when it has something to lose by a change upstream; null before. */
export function usePretrained() {
  const projects = useProjectsStore()
  const runs = useRunsStore()
  return computed(() => {
    const run = runs.byId(projects.current?.pretrainRunId ?? null)
    return run && run.checkpoints.length > 0 ? run : null
  })
}
