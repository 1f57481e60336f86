import type { Input } from '@shared/contract/api.ts'
import type { Run } from '@shared/contract/schemas.ts'
import { until } from '@vueuse/core'
import { computed, ref } from 'vue'
import { useRouter } from 'vue-router'
import { useAsync } from './useAsync.ts'
import { RUN_SLOTS } from './useShownRun.ts'
import type { RunAction } from '@/logic/runVerdict.ts'
import { cleanSettings } from '@/logic/trainingPlan.ts'
import { useEngineStore } from '@/stores/engine.ts'
import { useProjectsStore } from '@/stores/projects.ts'
import { useRunsStore } from '@/stores/runs.ts'

/** What can be done with runs: starting, going on, stopping, discarding. One at a time; the last failure stays in `error`. */
export function useRunActions() {
  const engine = useEngineStore()
  const projects = useProjectsStore()
  const runs = useRunsStore()
  const router = useRouter()
  /** The run that was asked to stop and has not yet. */
  const stoppingId = ref<string | null>(null)

  /** Makes the run the project's own and shows it. */
  const adopt = useAsync(async (run: Run) => {
    await projects.update(run.projectId, { [RUN_SLOTS[run.kind]]: run.id })
    await router.replace({ name: run.kind, params: { projectId: run.projectId } })
  })

  const start = useAsync(async (input: Input<'runs.create'>) => {
    const run = await runs.create({ ...input, settings: cleanSettings(input.settings) })
    await adopt.run(run)
    engine.train(run.id)
    document.querySelector('main')?.scrollTo(0, 0)
    return run
  })

  const act = useAsync(async (run: Run, action: RunAction) => {
    if (action.kind === 'start' || action.kind === 'resume') {
      engine.train(run.id, action.kind === 'resume', action.on)
    } else if (action.kind === 'discard') await discardNow(run)
    else await again(run, action.patch)
  })

  async function again(run: Run, patch: Partial<Run['settings']>): Promise<void> {
    const { projectId, kind, config, tokenizerId, datasetId, baseRunId, labels } = run
    const settings = { ...run.settings, ...patch }
    await start.run({ projectId, kind, config, tokenizerId, datasetId, baseRunId, labels, settings })
  }

  const stop = useAsync(async (run: Run) => {
    stoppingId.value = run.id
    try {
      engine.stop()
      await until(() => engine.activeRunId === run.id).toBe(false)
    } finally {
      stoppingId.value = null
    }
  })

  /** Deletes a run with its checkpoints; one that is training is stopped first. */
  async function discardNow(run: Run): Promise<void> {
    if (engine.activeRunId === run.id) await stop.run(run)
    else if (['running', 'paused'].includes(run.status)) await runs.update(run.id, { status: 'interrupted' })
    await runs.remove(run.id)
    await projects.load()
    await fallBack(run)
  }

  /** Where the project has lost its run, an earlier one with a model takes its place. */
  async function fallBack({ projectId, kind }: Run): Promise<void> {
    const project = projects.projects.find((one) => one.id === projectId)
    const earlier = runs.ofProject(projectId).find((one) => one.kind === kind && one.checkpoints.length > 0)
    if (!project || project[RUN_SLOTS[kind]] !== null || !earlier) return
    await projects.update(projectId, { [RUN_SLOTS[kind]]: earlier.id })
  }

  const pending = computed(() => [start, act, stop, adopt].some((one) => one.pending.value))
  const error = computed(() => start.error.value ?? act.error.value ?? stop.error.value ?? adopt.error.value)

  return { start: start.run, act: act.run, stop: stop.run, adopt: adopt.run, stoppingId, pending, error }
}
