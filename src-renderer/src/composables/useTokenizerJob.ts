import { AppError, toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Input } from '@shared/contract/api.ts'
import type { Job } from '@shared/contract/schemas.ts'
import { computed, onMounted, shallowRef } from 'vue'
import { useAsync } from '@/composables/useAsync.ts'
import { useDataStore } from '@/stores/data.ts'

/** The tokenizer that a project is to have: one to make, one that was made before, or a file. */
export type TokenizerWish =
  | { kind: 'make'; input: Input<'tokenizers.create'> }
  | { kind: 'made'; tokenizerId: string }
  | { kind: 'file'; datasetId: string; file: File }

/** Starts what a wish needs, for a project; resolves to the job where one is needed. */
export async function beginTokenizer(projectId: string, wish: TokenizerWish): Promise<Job | null> {
  const data = useDataStore()
  if (wish.kind === 'make') return data.tokenizerInto(projectId, wish.input)
  if (wish.kind === 'made') {
    await data.giveTokenizer(projectId, wish.tokenizerId)
    return null
  }
  const known = new Set(data.uploads.map((upload) => upload.key))
  const [source] = await data.upload([wish.file])
  if (source) return data.tokenizerFileInto(projectId, { datasetId: wish.datasetId, sourceId: source.id })
  const refused = data.uploads.find((upload) => !known.has(upload.key) && upload.error)
  if (refused) data.dismissUpload(refused.key)
  throw new AppError(refused?.error ?? { code: 'cancelled', message: `${wish.file.name} was not taken.` })
}

/** Makes a project's tokenizer: the job that runs, and why the last one made nothing. */
export function useTokenizerJob(projectId: string) {
  const data = useDataStore()
  const failure = shallowRef<AppErrorData | null>(null)
  const job = computed(() => data.jobFor(projectId, 'tokenizerId'))

  async function follow(running: Job): Promise<void> {
    try {
      await data.waitForJob(running.id)
    } catch (cause) {
      failure.value = toErrorData(cause)
    }
  }

  const begin = useAsync(async (wish: TokenizerWish) => {
    failure.value = null
    try {
      const begun = await beginTokenizer(projectId, wish)
      if (begun) void follow(begun)
    } catch (cause) {
      failure.value = toErrorData(cause)
    }
  })

  onMounted(() => {
    if (job.value) void follow(job.value)
  })

  return { job, failure, starting: begin.pending, start: begin.run }
}
