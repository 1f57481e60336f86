import type { Run } from '@shared/contract/schemas.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useRunsStore } from '@/stores/runs.ts'
import { useAsync } from './useAsync.ts'

/** Makes a whole model of a run with adapters: a run of its own, under the same name with "-merged". */
export function useMergeRun() {
  const engine = useEngineStore()
  const runs = useRunsStore()
  return useAsync(async (run: Run): Promise<Run> => {
    const { projectId, kind, config, tokenizerId, datasetId, baseRunId, labels } = run
    const settings = { ...run.settings, trainable: { kind: 'all' } as const }
    const input = { projectId, kind, config, tokenizerId, datasetId, baseRunId, labels, settings }
    const whole = await runs.create({ ...input, mergedFrom: run.id })
    try {
      await engine.merge(run.id, whole.id)
      await runs.update(whole.id, { name: freeName(`${run.name}-merged`) })
    } catch (error) {
      await runs.remove(whole.id)
      throw error
    }
    return runs.refresh(whole.id)
  })

  function freeName(wanted: string): string {
    const taken = new Set(runs.runs.map(({ name }) => name))
    let name = wanted
    for (let i = 2; taken.has(name); i++) name = `${wanted}-${i}`
    return name
  }
}
