import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Job, Purpose, Role, Source, Starter, TextEncoding } from '@shared/contract/schemas.ts'
import { computed, onMounted, ref, shallowRef } from 'vue'
import { call } from '@/host/client.ts'
import {
  assignRole,
  datasetName,
  importBlock,
  initialRoles,
  isProse,
  usableFiles,
  type ImportFile,
} from '@/logic/dataImport.ts'
import { SLOTS, useDataStore } from '@/stores/data.ts'
import { useProjectsStore } from '@/stores/projects.ts'

/** Seed of the split; the same data is split the same way again. */
const SEED = 123

/**
 * Files on their way into a project's dataset of one purpose: handed over, looked at, given roles, imported by a job. The list outlives
 * the screen; `onImported` is called when the project has its dataset while the screen is still there.
 */
export function useImporter(projectId: string, purpose: Purpose, onImported: (datasetId: string) => void) {
  const data = useDataStore()
  const projects = useProjectsStore()
  const files = ref<ImportFile[]>([])
  const adding = ref(false)
  /** Why the last import did not come to its end. */
  const failure = shallowRef<AppErrorData | null>(null)
  const job = computed(() => data.jobFor(projectId, SLOTS[purpose]))
  const block = computed(() => importBlock(files.value, purpose, adding.value))

  async function look(source: Source, encoding?: TextEncoding): Promise<void> {
    const at = () => files.value.findIndex((file) => file.source.id === source.id)
    const put = (patch: Partial<ImportFile>) => {
      const old = files.value[at()]
      if (old) files.value[at()] = { ...old, ...patch }
    }
    try {
      const probe = await data.probe(source.id, encoding)
      put({ probe, error: probe.error ?? null, roles: isProse(probe) ? {} : initialRoles(probe, purpose) })
    } catch (cause) {
      put({ probe: null, error: toErrorData(cause), roles: {} })
    }
  }

  async function take(sources: readonly Source[]): Promise<void> {
    files.value.push(...sources.map((source) => ({ source, probe: null, error: null, roles: {} })))
    for (const source of sources) await look(source)
  }

  async function add(list: readonly File[], options: { fromDisk?: boolean } = {}): Promise<void> {
    failure.value = null
    adding.value = true
    try {
      const sources = await data.upload(list, options)
      data.addPending(projectId, sources, purpose)
      void take(sources)
    } finally {
      adding.value = false
    }
  }

  const addText = (text: string) =>
    add([new File([text], 'pasted text.txt', { type: 'text/plain' })], { fromDisk: false })

  /** Takes a file off the list, and its copy off the disk unless it goes elsewhere. */
  function drop(id: string, keep = false): void {
    failure.value = null
    files.value = files.value.filter((file) => file.source.id !== id)
    data.dropPending(projectId, id, purpose)
    if (!keep) void call('sources.delete', { id }).catch(() => {})
  }

  /** Hands a file over to the importer of another purpose. */
  function move(id: string, to: Purpose): void {
    const file = files.value.find((one) => one.source.id === id)
    if (!file) return
    drop(id, true)
    data.addPending(projectId, [file.source], to)
  }

  function setRole(id: string, column: string, role: Role): void {
    const file = files.value.find((one) => one.source.id === id)
    if (file) file.roles = assignRole(file.roles, column, role)
  }

  /** Waits for the job of this importer and tells how it ended; its files stay listed when it made nothing. */
  async function follow(running: Job): Promise<void> {
    failure.value = null
    try {
      const ended = await data.waitForJob(running.id)
      for (const file of files.value) void call('sources.delete', { id: file.source.id }).catch(() => {})
      files.value = []
      onImported(ended.resultId)
    } catch (cause) {
      failure.value = toErrorData(cause)
    }
  }

  async function start(): Promise<void> {
    const usable = usableFiles(files.value, purpose)
    try {
      const input = usable.map(({ source, probe, roles }) => ({
        sourceId: source.id,
        encoding: probe?.encoding ?? 'utf-8',
        roles,
      }))
      const name = datasetName(usable)
      void follow(await data.importInto(projectId, { name, purpose, files: input, seed: SEED }))
    } catch (cause) {
      failure.value = toErrorData(cause)
    }
  }

  async function startStarter(id: Starter['id']): Promise<void> {
    try {
      const begun = await data.starterInto(projectId, id)
      if (begun) return void follow(begun)
      const datasetId = projects.projects.find((project) => project.id === projectId)?.[SLOTS[purpose]]
      if (datasetId) onImported(datasetId)
    } catch (cause) {
      failure.value = toErrorData(cause)
    }
  }

  onMounted(() => {
    if (job.value) void follow(job.value)
    void take(data.pending(projectId, purpose))
  })

  return { files, adding, failure, job, block, add, addText, drop, move, look, setRole, start, startStarter }
}
