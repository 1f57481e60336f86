import type { Input, Output } from '@shared/contract/api.ts'
import { AppError, toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type {
  Dataset,
  InterruptedJob,
  Job,
  Purpose,
  Reading,
  Source,
  Starter,
  TokenizerInfo,
} from '@shared/contract/schemas.ts'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { call } from '@/host/client.ts'
import { uploadFile } from '@/host/upload.ts'
import { useDeskStore } from './desk.ts'
import { useProjectsStore } from './projects.ts'

/** A file on its way to main. */
export interface Upload {
  key: number
  name: string
  done: number
  total: number
  error: AppErrorData | null
}

/** Which field of the project a finished job fills. */
type Slot = 'datasetId' | 'instructDatasetId' | 'classifyDatasetId' | 'tokenizerId'
export const SLOTS: Record<Purpose, Exclude<Slot, 'tokenizerId'>> = {
  pretrain: 'datasetId',
  instruct: 'instructDatasetId',
  classify: 'classifyDatasetId',
}

/** Datasets, tokenizers, and the jobs in main that make them. */
export const useDataStore = defineStore('data', () => {
  const datasets = ref<Dataset[]>([])
  const tokenizers = ref<TokenizerInfo[]>([])
  const starters = ref<Starter[]>([])
  const jobs = ref<Record<string, Job>>({})
  const uploads = ref<Upload[]>([])
  const desk = useDeskStore()
  const waiting = new Map<string, ((job: Job) => void)[]>()
  /** Jobs whose last news is in. */
  const ended = new Set<string>()
  const aborts = new Map<number, AbortController>()

  const dataset = (id: string | null) => datasets.value.find((one) => one.id === id) ?? null
  const tokenizer = (id: string | null) => tokenizers.value.find((one) => one.id === id) ?? null
  const runningJobs = computed(() => Object.values(jobs.value).filter((job) => job.state === 'running'))

  async function load(): Promise<void> {
    const [sets, made, sorts, list] = await Promise.all([
      call('datasets.list', {}),
      call('tokenizers.list', {}),
      call('starters.list', {}),
      call('jobs.list', {}),
    ])
    datasets.value = sets
    tokenizers.value = made
    starters.value = sorts
    await Promise.all(list.map(onJob))
  }

  function putDataset(next: Dataset): void {
    datasets.value = [next, ...datasets.value.filter((one) => one.id !== next.id)]
  }
  function putTokenizer(next: TokenizerInfo): void {
    tokenizers.value = [next, ...tokenizers.value.filter((one) => one.id !== next.id)]
  }

  /** Takes a job's news. It counts as done only when what it made is here and its project has it. */
  async function onJob(job: Job): Promise<void> {
    if (ended.has(job.id)) return
    if (job.state !== 'running') ended.add(job.id)
    jobs.value[job.id] = job.state === 'done' ? { ...job, state: 'running' } : job
    if (job.state === 'running') return
    let outcome = job
    if (job.state === 'done') {
      try {
        if (job.kind === 'import') putDataset(await call('datasets.get', { id: job.resultId }))
        else if (job.kind === 'tokenizer') putTokenizer(await call('tokenizers.get', { id: job.resultId }))
        await settleClaim(job)
      } catch (cause) {
        outcome = { ...job, state: 'failed', error: toErrorData(cause) }
      }
    } else {
      desk.drop('claims', job.id)
    }
    jobs.value[job.id] = outcome
    for (const done of waiting.get(job.id) ?? []) done(outcome)
    waiting.delete(job.id)
  }

  async function settleClaim(job: Job): Promise<void> {
    const claim = desk.desk.claims[job.id]
    if (!claim) return
    desk.drop('claims', job.id)
    const projects = useProjectsStore()
    if (!projects.projects.some((project) => project.id === claim.projectId)) return
    const { projectId, purpose } = claim
    if (purpose === null) return giveTokenizer(projectId, job.resultId)
    await projects.update(projectId, { [SLOTS[purpose]]: job.resultId })
    setPending(projectId, purpose, [])
  }

  /** Makes a tokenizer the project's. Its model gets as many token ids as the tokenizer has and keeps its shape otherwise. */
  async function giveTokenizer(projectId: string, tokenizerId: string): Promise<void> {
    const projects = useProjectsStore()
    const model = projects.projects.find((project) => project.id === projectId)?.model
    const vocabSize = tokenizer(tokenizerId)?.vocabSize
    await projects.update(projectId, {
      tokenizerId,
      ...(model && vocabSize !== undefined ? { model: { ...model, vocabSize } } : {}),
    })
  }

  /** Resolves when the job is done; rejects with its error when it failed or was cancelled. */
  async function waitForJob(id: string): Promise<Job> {
    const known = jobs.value[id]
    const job =
      known && known.state !== 'running'
        ? known
        : await new Promise<Job>((done) => waiting.set(id, [...(waiting.get(id) ?? []), done]))
    if (job.state === 'done') return job
    throw new AppError(job.error ?? { code: 'cancelled', message: `${job.label} was cancelled.` })
  }

  /** Says whose a job is, so that its end reaches the project whichever screen is open then. */
  async function claim(job: Job, projectId: string, purpose: Purpose | null): Promise<Job> {
    desk.put('claims', job.id, { projectId, purpose })
    // A quick job's end may have come over the event stream before this answer to its start.
    const known = jobs.value[job.id]
    if (known?.state === 'done') await settleClaim(known)
    else void onJob(job)
    return job
  }

  /** The newest running job that fills this field of the project. */
  const jobFor = (projectId: string, slot: Slot): Job | null =>
    runningJobs.value.findLast((job) => {
      const found = desk.desk.claims[job.id]
      return found?.projectId === projectId && (found.purpose === null ? 'tokenizerId' : SLOTS[found.purpose]) === slot
    }) ?? null

  /** Imports files into a project; when done the project has the dataset, even if its screen was left. */
  async function importInto(projectId: string, input: Input<'datasets.import'>): Promise<Job> {
    return claim(await call('datasets.import', input), projectId, input.purpose)
  }

  /** Makes a dataset anew with other choices; when done the project has the new one in place of the old. */
  async function rebuildInto(projectId: string, purpose: Purpose, input: Input<'datasets.rebuild'>): Promise<Job> {
    return claim(await call('datasets.rebuild', input), projectId, purpose)
  }

  /** Gives a project a starter set; one that was made before is used again, then no job is needed. */
  async function starterInto(projectId: string, id: Starter['id']): Promise<Job | null> {
    // One that was made anew with other choices belongs to the project that made them.
    const made = datasets.value.find((one) => one.starter === id && one.status === 'ready' && !one.made?.basedOn)
    if (made) {
      await useProjectsStore().update(projectId, { [SLOTS[made.purpose]]: made.id })
      return null
    }
    const purpose = starters.value.find((starter) => starter.id === id)?.purpose ?? 'pretrain'
    return claim(await call('starters.create', { id }), projectId, purpose)
  }

  /** Makes a tokenizer and the tokens; when done the project has it. */
  async function tokenizerInto(projectId: string, input: Input<'tokenizers.create'>): Promise<Job> {
    return claim(await call('tokenizers.create', input), projectId, null)
  }

  /** The same with a tokenizer.json that was handed over. */
  async function tokenizerFileInto(projectId: string, input: Input<'tokenizers.import'>): Promise<Job> {
    return claim(await call('tokenizers.import', input), projectId, null)
  }

  /** Work that was cut off when the studio was last closed or killed. */
  const interrupted = () => call('jobs.interrupted', {})
  /** The project that such work was for; null where that is not known. */
  const projectOfJob = (id: string): string | null => desk.desk.claims[id]?.projectId ?? null
  /** Does such work again for a project. */
  async function restartInto(projectId: string, { id, purpose }: InterruptedJob): Promise<Job> {
    const job = await call('jobs.restart', { id })
    desk.drop('claims', id)
    return claim(job, projectId, purpose)
  }
  async function discardInterrupted(id: string): Promise<void> {
    await call('jobs.discard', { id })
    desk.drop('claims', id)
  }

  async function cancelJob(id: string): Promise<void> {
    await onJob(await call('jobs.cancel', { id }))
  }

  async function removeDataset(id: string): Promise<void> {
    await call('datasets.delete', { id })
    desk.drop('drafts', id)
    datasets.value = datasets.value.filter((one) => one.id !== id)
  }

  let uploadKeys = 0
  /** Hands files over one after the other. Those that fail stay in `uploads` with their reason; the others are returned. */
  async function upload(files: readonly File[], options: { fromDisk?: boolean } = {}): Promise<Source[]> {
    const queue = files.map((file) => ({ file, key: ++uploadKeys }))
    for (const { file, key } of queue) {
      aborts.set(key, new AbortController())
      uploads.value.push({ key, name: file.name, done: 0, total: file.size, error: null })
    }
    const sources: Source[] = []
    for (const { file, key } of queue) {
      const signal = aborts.get(key)?.signal
      const row = uploads.value.find((one) => one.key === key)
      if (!signal || !row) continue
      try {
        sources.push(await uploadFile(file, { ...options, signal, onProgress: (bytes) => (row.done = bytes) }))
        dismissUpload(key)
      } catch (cause) {
        row.error = toErrorData(cause)
        if (row.error.code === 'cancelled') dismissUpload(key)
      }
      aborts.delete(key)
    }
    return sources
  }

  /** Stops an upload, or clears one that failed from the list. */
  function dismissUpload(key: number): void {
    aborts.get(key)?.abort()
    aborts.delete(key)
    uploads.value = uploads.value.filter((one) => one.key !== key)
  }

  /** Sources that wait to become the project's dataset of this purpose. */
  const pending = (projectId: string, purpose: Purpose): readonly Source[] =>
    desk.desk.pending[projectId]?.[purpose] ?? []
  const setPending = (projectId: string, purpose: Purpose, sources: readonly Source[]): void =>
    desk.put('pending', projectId, { ...desk.desk.pending[projectId], [purpose]: [...sources] })
  function addPending(projectId: string, sources: readonly Source[], purpose: Purpose = 'pretrain'): void {
    setPending(projectId, purpose, [...pending(projectId, purpose), ...sources])
  }
  function dropPending(projectId: string, sourceId: string, purpose: Purpose): void {
    const others = pending(projectId, purpose).filter((source) => source.id !== sourceId)
    setPending(projectId, purpose, others)
  }
  /** Frees what waited for a project that is gone. */
  function forgetPending(projectId: string): void {
    const sources = Object.values(desk.desk.pending[projectId] ?? {}).flat()
    for (const { id } of sources) {
      desk.drop('choices', id)
      void call('sources.delete', { id }).catch(() => {})
    }
    desk.drop('pending', projectId)
  }

  const probe = (id: string, reading: Reading) => call('sources.probe', { id, ...reading })
  const preview = (input: Input<'datasets.preview'>): Promise<Output<'datasets.preview'>> =>
    call('datasets.preview', input)

  return {
    datasets,
    tokenizers,
    starters,
    jobs,
    uploads,
    runningJobs,
    dataset,
    tokenizer,
    load,
    onJob,
    waitForJob,
    jobFor,
    importInto,
    putDataset,
    rebuildInto,
    starterInto,
    giveTokenizer,
    tokenizerInto,
    tokenizerFileInto,
    interrupted,
    projectOfJob,
    restartInto,
    discardInterrupted,
    cancelJob,
    removeDataset,
    upload,
    dismissUpload,
    pending,
    addPending,
    dropPending,
    forgetPending,
    probe,
    preview,
  }
})
