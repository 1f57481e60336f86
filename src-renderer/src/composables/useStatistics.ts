import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Statistics } from '@shared/contract/statistics.ts'
import { computed, ref, shallowRef, watch } from 'vue'
import { call } from '@/host/client.ts'
import { useDataStore } from '@/stores/data.ts'

export interface StatisticsKey {
  datasetId: string
  /** Null: GPT-2's tokenizer. */
  tokenizerId: string | null
}

/** Statistics that were read once, by dataset and tokenizer; a screen that is opened again has them at once. */
const known = new Map<string, Statistics>()
const nameOf = ({ datasetId, tokenizerId }: StatisticsKey) => `${datasetId}/${tokenizerId ?? ''}`

/** The statistics of a dataset under a tokenizer: those stored, else counted now; of a large dataset a sample, until `count(true)` asks for all. */
export function useStatistics(key: () => StatisticsKey | null) {
  const data = useDataStore()
  const statistics = shallowRef<Statistics | null>(null)
  const error = shallowRef<AppErrorData | null>(null)
  const jobId = ref<string | null>(null)
  const job = computed(() => {
    const found = jobId.value === null ? undefined : data.jobs[jobId.value]
    return found?.state === 'running' ? found : null
  })

  async function read(wanted: StatisticsKey): Promise<Statistics | null> {
    const made = await call('statistics.get', wanted)
    if (made) known.set(nameOf(wanted), made)
    return made
  }

  /** Counts anew, and shows the result if it is still the one wanted. */
  async function count(whole: boolean): Promise<void> {
    const wanted = key()
    if (!wanted) return
    const current = () => {
      const now = key()
      return now !== null && nameOf(now) === nameOf(wanted)
    }
    error.value = null
    try {
      const begun = await call('statistics.create', { ...wanted, whole })
      if (current()) jobId.value = begun.id
      void data.onJob(begun)
      await data.waitForJob(begun.id)
      const made = await read(wanted)
      if (current()) statistics.value = made
    } catch (cause) {
      if (current()) error.value = toErrorData(cause)
    }
  }

  watch(
    () => {
      const wanted = key()
      return wanted && nameOf(wanted)
    },
    async (name) => {
      const wanted = key()
      error.value = null
      jobId.value = null
      statistics.value = name === null ? null : (known.get(name) ?? null)
      if (!wanted || statistics.value) return
      try {
        const made = await read(wanted)
        const now = key()
        if (!now || nameOf(now) !== name) return
        if (made) statistics.value = made
        else await count(false)
      } catch (cause) {
        error.value = toErrorData(cause)
      }
    },
    { immediate: true },
  )
  return { statistics, error, job, count }
}
