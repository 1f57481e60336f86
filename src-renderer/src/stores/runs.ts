import type { Input } from '@shared/contract/api.ts'
import type { Metric, Run, RunProgress, RunStatus, Sample } from '@shared/contract/schemas.ts'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { call } from '@/host/client.ts'
import { appendMetrics } from '@/logic/metrics.ts'
import { useEngineStore } from './engine.ts'

/** Training runs, and the curve and samples of the one that is looked at. */
export const useRunsStore = defineStore('runs', () => {
  /** Latest first. */
  const runs = ref<Run[]>([])
  const selectedId = ref<string | null>(null)
  /** Of the selected run, from disk and then live. */
  const metrics = shallowRef<readonly Metric[]>([])
  const samples = shallowRef<readonly Sample[]>([])
  const selected = computed(() => byId(selectedId.value))

  const byId = (id: string | null) => runs.value.find((run) => run.id === id) ?? null
  const ofProject = (projectId: string) => runs.value.filter((run) => run.projectId === projectId)

  /** A run's status as this window knows it: one that main thinks is training, but the engine here is not, was interrupted. */
  function statusOf(run: Run): RunStatus {
    const going = run.status === 'running' || run.status === 'paused'
    return going && useEngineStore().activeRunId !== run.id ? 'interrupted' : run.status
  }

  function put(run: Run): Run {
    const at = runs.value.findIndex((other) => other.id === run.id)
    if (at < 0) runs.value.unshift(run)
    else runs.value[at] = run
    return run
  }

  async function load(): Promise<void> {
    const list = await call('runs.list', {})
    runs.value = list.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
  }
  const refresh = async (id: string): Promise<Run> => put(await call('runs.get', { id }))
  const create = async (input: Input<'runs.create'>): Promise<Run> => put(await call('runs.create', input))
  const update = async (id: string, patch: RunProgress): Promise<Run> => put(await call('runs.update', { id, patch }))

  async function remove(id: string): Promise<void> {
    await call('runs.delete', { id })
    runs.value = runs.value.filter((run) => run.id !== id)
    if (selectedId.value === id) await select(null)
  }

  /** Makes a run the one looked at and reads its curve and samples. */
  async function select(id: string | null): Promise<void> {
    if (id === selectedId.value) return
    selectedId.value = id
    metrics.value = []
    samples.value = []
    if (!id) return
    const [rows, texts] = await Promise.all([call('runs.metrics', { id }), call('runs.samples', { id })])
    if (selectedId.value !== id) return
    // What came live while the files were read is newer than they are.
    metrics.value = appendMetrics(rows, metrics.value)
    samples.value = mergeSamples(texts, samples.value)
  }

  function onMetrics(runId: string, rows: readonly Metric[]): void {
    if (runId === selectedId.value) metrics.value = appendMetrics(metrics.value, rows)
    const last = rows.at(-1)
    const run = byId(runId)
    if (!run || !last) return
    run.step = last.step
    run.elapsedMs = last.elapsedMs
    for (const row of rows) {
      if (row.loss !== undefined) run.trainLoss = row.loss
      if (row.valAccuracy !== undefined) run.valAccuracy = row.valAccuracy
      if (row.valLoss === undefined) continue
      run.valLoss = row.valLoss
      if (run.bestValLoss === null || row.valLoss < run.bestValLoss) {
        run.bestValLoss = row.valLoss
        run.bestStep = row.step
      }
    }
  }

  function onSample(runId: string, sample: Sample): void {
    if (runId === selectedId.value) samples.value = mergeSamples(samples.value, [sample])
  }

  /** A status that the engine told before main's record of it arrives. */
  function onStatus(runId: string, patch: Partial<Pick<Run, 'status' | 'step'>>): void {
    const run = byId(runId)
    if (run) Object.assign(run, patch)
  }

  return {
    runs,
    selectedId,
    selected,
    metrics,
    samples,
    byId,
    ofProject,
    statusOf,
    load,
    refresh,
    create,
    update,
    remove,
    select,
    onMetrics,
    onSample,
    onStatus,
  }
})

/** A resumed run writes samples of the same steps again: the newer stands. */
function mergeSamples(old: readonly Sample[], more: readonly Sample[]): Sample[] {
  const again = new Set(more.map((sample) => `${sample.step} ${sample.prompt}`))
  return [...old.filter((sample) => !again.has(`${sample.step} ${sample.prompt}`)), ...more]
}
