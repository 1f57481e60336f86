import type { Build, Edit } from '@shared/contract/cleaning.ts'
import type { DatasetDraft } from '@shared/contract/desk.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { call } from '@/host/client.ts'
import { draftChanges, editKey, withEdit } from '@/logic/datasetDraft.ts'
import { useDataStore } from './data.ts'
import { useDeskStore } from './desk.ts'
import { useProjectsStore } from './projects.ts'
import { useRunsStore } from './runs.ts'

/** Choices made for datasets and not applied yet. */
export const useDatasetDraftsStore = defineStore('datasetDrafts', () => {
  const store = useDeskStore()
  /** Edits that each dataset was made with. */
  const storedEdits = ref<Record<string, Edit[]>>({})
  /** The job that applies a dataset's draft, by the dataset; empty while it is being started. */
  const applying = ref<Record<string, string>>({})

  async function load(id: string): Promise<void> {
    storedEdits.value[id] ??= await call('datasets.edits', { id })
  }

  const draftOf = (dataset: Dataset): DatasetDraft | null =>
    store.desk.drafts[dataset.id] ??
    (dataset.made ? { build: dataset.made.build, edits: storedEdits.value[dataset.id] ?? [], effects: {} } : null)

  /** What a draft would change, in words. */
  const changesOf = (dataset: Dataset, draft = draftOf(dataset)): string[] =>
    dataset.made && draft
      ? draftChanges({ build: dataset.made.build, edits: storedEdits.value[dataset.id] ?? [] }, draft)
      : []

  /** Whether choices for a dataset wait to be applied. Not by `Object.hasOwn`: Vue does not see that as reading. */
  const hasDraft = (id: string | null): boolean => id !== null && store.desk.drafts[id] !== undefined

  /** A draft that comes back to how the dataset was made is no draft. */
  function change(dataset: Dataset, patch: Partial<DatasetDraft>): void {
    const draft = draftOf(dataset)
    if (!draft) return
    const next = { ...draft, ...patch }
    if (changesOf(dataset, next).length > 0) store.put('drafts', dataset.id, next)
    else discard(dataset.id)
  }

  function edit(dataset: Dataset, next: Edit, effect: number): void {
    const draft = draftOf(dataset)
    if (!draft) return
    change(dataset, {
      edits: withEdit(draft.edits, next),
      effects: { ...draft.effects, [editKey(next)]: effect },
    })
  }

  /** Takes an edit back: what stands in the file counts again. */
  function unedit(dataset: Dataset, line: Pick<Edit, 'file' | 'line'>): void {
    const draft = draftOf(dataset)
    if (!draft) return
    const key = editKey(line)
    const effects = Object.fromEntries(Object.entries(draft.effects).filter(([one]) => one !== key))
    change(dataset, { edits: draft.edits.filter((one) => editKey(one) !== key), effects })
  }

  function discard(id: string): void {
    store.drop('drafts', id)
  }

  /** Makes the dataset anew as its draft says; the project then has the new one. Rejects with the job's error. */
  async function apply(dataset: Dataset, build?: Build): Promise<void> {
    const data = useDataStore()
    const draft = draftOf(dataset)
    const projectId = useProjectsStore().currentId
    if (!draft || projectId === null) return
    const { id, purpose } = dataset
    // Known before the job is: its screen must not take it for an import.
    applying.value[id] = ''
    try {
      const job = await data.rebuildInto(projectId, purpose, { id, build: build ?? draft.build, edits: draft.edits })
      applying.value[id] = job.id
      await data.waitForJob(job.id)
      discard(id)
      await removeUnused(id)
    } finally {
      delete applying.value[id]
    }
  }

  /** Removes a dataset that was replaced, unless something was made from it. */
  async function removeUnused(id: string): Promise<void> {
    const data = useDataStore()
    const used =
      data.tokenizers.some(({ datasetId }) => datasetId === id) ||
      useRunsStore().runs.some(({ datasetId }) => datasetId === id) ||
      useProjectsStore().projects.some((project) =>
        [project.datasetId, project.instructDatasetId, project.classifyDatasetId].includes(id),
      )
    // What cannot be removed now does no harm.
    if (!used) await data.removeDataset(id).catch(() => {})
  }

  /** Whether a job makes a dataset anew, rather than importing one. */
  const isRebuild = (jobId: string): boolean => Object.values(applying.value).some((id) => id === jobId || id === '')

  return { isRebuild, applying, load, draftOf, changesOf, hasDraft, change, edit, unedit, discard, apply }
})
