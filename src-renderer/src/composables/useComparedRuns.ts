import type { Metric, Run } from '@shared/contract/schemas.ts'
import { computed, ref, watch } from 'vue'
import type { DataColor } from '@/components/charts/colors.ts'
import { call } from '@/host/client.ts'
import { metricPoints } from '@/logic/metrics.ts'

const COLORS: readonly DataColor[] = ['data-1', 'data-2', 'data-3', 'data-4', 'data-5', 'data-6']
/** Lines that can still be told apart. */
export const MOST_COMPARED = COLORS.length

/** Validation losses of the chosen runs over each other, read from disk as they are chosen. */
export function useComparedRuns(runs: () => readonly Run[]) {
  const curves = ref<Record<string, Metric[]>>({})
  watch(
    () => runs().map((run) => run.id),
    async (ids) => {
      for (const id of ids) {
        if (curves.value[id]) continue
        // A curve that cannot be read is an empty one; the run's own screen tells why.
        curves.value[id] = await call('runs.metrics', { id }).catch(() => [])
      }
    },
    { immediate: true },
  )
  return computed(() =>
    runs().map((run, index) => ({
      label: run.name,
      points: metricPoints(curves.value[run.id] ?? [], 'valLoss'),
      kind: 'dots' as const,
      color: COLORS[index] ?? 'data-1',
    })),
  )
}
