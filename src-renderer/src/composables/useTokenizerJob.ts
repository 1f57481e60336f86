import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Input } from '@shared/contract/api.ts'
import type { Job } from '@shared/contract/schemas.ts'
import { computed, onMounted, shallowRef } from 'vue'
import { useAsync } from '@/composables/useAsync.ts'
import { useDataStore } from '@/stores/data.ts'
import { useProjectsStore } from '@/stores/projects.ts'

/** Makes a project's tokenizer: the job that runs, and why the last one made nothing. */
export function useTokenizerJob(projectId: string) {
  const data = useDataStore()
  const projects = useProjectsStore()
  const failure = shallowRef<AppErrorData | null>(null)
  const job = computed(() => data.jobFor(projectId, 'tokenizerId'))

  async function follow(running: Job): Promise<void> {
    try {
      await data.waitForJob(running.id)
    } catch (cause) {
      failure.value = toErrorData(cause)
    }
  }

  async function attempt(action: () => Promise<unknown>): Promise<void> {
    failure.value = null
    try {
      await action()
    } catch (cause) {
      failure.value = toErrorData(cause)
    }
  }

  const begin = useAsync((input: Input<'tokenizers.create'>) =>
    attempt(async () => void follow(await data.tokenizerInto(projectId, input))),
  )
  /** Gives the project one that was made before. */
  const adopt = useAsync((tokenizerId: string) => attempt(() => projects.update(projectId, { tokenizerId })))

  onMounted(() => {
    if (job.value) void follow(job.value)
  })

  const starting = computed(() => begin.pending.value || adopt.pending.value)
  return { job, failure, starting, start: begin.run, take: adopt.run }
}
