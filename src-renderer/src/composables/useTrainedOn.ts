import { computed } from 'vue'
import type { TrainedOn } from '@/logic/trainingTime.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useRunsStore } from '@/stores/runs.ts'

/** What a training would run on now, and what has run there: what its time is told from. */
export function useTrainedOn() {
  const engine = useEngineStore()
  const runs = useRunsStore()
  return computed<TrainedOn>(() => ({
    hardware: engine.hardware,
    adapter: engine.backend?.adapter ?? null,
    runs: runs.runs,
  }))
}
