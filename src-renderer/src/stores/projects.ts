import type { Project } from '@shared/contract/schemas.ts'
import type { Input } from '@shared/contract/api.ts'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { call } from '@/host/client.ts'
import { uniqueName } from '@/logic/names.ts'
import { stageStates, type DataUnderWay, type StageId, type StageStatus } from '@/logic/stages.ts'
import { SLOTS, useDataStore } from './data.ts'
import { useDatasetDraftsStore } from './datasetDrafts.ts'
import { useRunsStore } from './runs.ts'

export const useProjectsStore = defineStore('projects', () => {
  /** Latest changed first. */
  const projects = ref<Project[]>([])
  const currentId = ref<string | null>(null)
  const current = computed(() => projects.value.find((project) => project.id === currentId.value) ?? null)

  function put(project: Project): Project {
    projects.value = [project, ...projects.value.filter((other) => other.id !== project.id)]
    return project
  }

  async function load(): Promise<void> {
    const list = await call('projects.list', {})
    projects.value = list.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt))
  }

  /** Makes a project; a number is added to a name that another one has. */
  async function create(name: string): Promise<Project> {
    const taken = projects.value.map((project) => project.name)
    return put(await call('projects.create', { name: uniqueName(name, taken) }))
  }

  async function update(id: string, patch: Input<'projects.update'>['patch']): Promise<Project> {
    return put(await call('projects.update', { id, patch }))
  }

  async function remove(id: string): Promise<void> {
    await call('projects.delete', { id })
    useDataStore().forgetPending(id)
    projects.value = projects.value.filter((project) => project.id !== id)
    if (currentId.value === id) currentId.value = null
  }

  function select(id: string | null): void {
    currentId.value = id
  }

  function underWay(project: Project): DataUnderWay | null {
    const data = useDataStore()
    if (data.jobFor(project.id, SLOTS.pretrain)) return 'import'
    if (data.pending(project.id, 'pretrain').length > 0) return 'files'
    return useDatasetDraftsStore().hasDraft(project.datasetId) ? 'changes' : null
  }

  function stagesOf(project: Project): Record<StageId, StageStatus> {
    const data = useDataStore()
    const store = useRunsStore()
    const runs = store.ofProject(project.id).map((run) => ({ ...run, status: store.statusOf(run) }))
    return stageStates(
      project,
      data.dataset(project.datasetId),
      data.tokenizer(project.tokenizerId),
      runs,
      underWay(project),
    )
  }
  /** Where each stage of the current project stands; null without one. */
  const stages = computed(() => (current.value ? stagesOf(current.value) : null))

  return { projects, currentId, current, stages, stagesOf, load, create, update, remove, select }
})
