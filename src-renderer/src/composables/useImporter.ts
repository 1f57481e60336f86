import type { FileChoice } from '@shared/contract/desk.ts'
import { toErrorData, type AppErrorData } from '@shared/contract/errors.ts'
import type { Job, Purpose, Reading, Role, Source, Starter } from '@shared/contract/schemas.ts'
import { computed, onMounted, ref, shallowRef } from 'vue'
import { call } from '@/host/client.ts'
import {
  assignRole,
  datasetName,
  fittingRoles,
  importBlock,
  initialRoles,
  isProse,
  usableFiles,
  type ImportFile,
} from '@/logic/dataImport.ts'
import { sampleTaken, type SampleChoice } from '@/logic/sampleChoice.ts'
import { SLOTS, useDataStore } from '@/stores/data.ts'
import { useImportChoicesStore } from '@/stores/importChoices.ts'
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
  const choices = useImportChoicesStore()
  const files = ref<ImportFile[]>([])
  const adding = ref(false)
  /** Why the last import did not come to its end. */
  const failure = shallowRef<AppErrorData | null>(null)
  const job = computed(() => data.jobFor(projectId, SLOTS[purpose]))
  const block = computed(() => importBlock(files.value, purpose, adding.value))

  const find = (id: string) => files.value.find((file) => file.source.id === id)
  function put(id: string, patch: Partial<ImportFile>): void {
    const at = files.value.findIndex((file) => file.source.id === id)
    const old = files.value[at]
    if (old) files.value[at] = { ...old, ...patch }
  }
  const keep = (id: string, { reading, roles, sample }: FileChoice) =>
    choices.put(id, { reading: { ...reading }, roles: roles && { ...roles }, sample: sample && { ...sample } })

  /** The newest look at each file: of two on their way only its answer counts. */
  const looks = new Map<string, number>()
  /** Looks at a file as it is to be read; roles are taken as far as they fit its columns then. */
  async function look({ id }: Source, { reading, roles: wanted, sample }: FileChoice): Promise<void> {
    const mine = (looks.get(id) ?? 0) + 1
    looks.set(id, mine)
    let patch: Partial<ImportFile>
    try {
      const probe = await data.probe(id, reading)
      const roles = isProse(probe)
        ? {}
        : (fittingRoles(probe, wanted) ??
          fittingRoles(probe, choices.rolesOf(purpose, probe.columns)) ??
          initialRoles(probe, purpose))
      patch = { probe, error: probe.error ?? null, roles, reading, sample }
    } catch (cause) {
      patch = { probe: null, error: toErrorData(cause), roles: {}, reading, sample }
    }
    if (looks.get(id) === mine) put(id, patch)
  }

  async function take(sources: readonly Source[]): Promise<void> {
    files.value.push(
      ...sources.map((source) => ({
        source,
        probe: null,
        error: null,
        roles: {},
        reading: {},
        sample: null,
        before: [],
      })),
    )
    for (const source of sources)
      await look(source, choices.of(source.id) ?? { reading: {}, roles: null, sample: null })
  }

  /** Remembers what is chosen now, for {@link undo}. */
  function remember(file: ImportFile): void {
    const { reading, roles, sample } = file
    put(file.source.id, { before: [...file.before, { reading, roles, sample }] })
  }

  /** Reads a file in another way; the preview follows at once. */
  function read(id: string, change: Reading): void {
    const file = find(id)
    if (!file) return
    remember(file)
    const choice = { reading: { ...file.reading, ...change }, roles: file.roles, sample: file.sample }
    keep(id, choice)
    void look(file.source, choice)
  }

  /** Takes back the last choice for a file. */
  function undo(id: string): void {
    const file = find(id)
    const last = file?.before.at(-1)
    if (!file || !last) return
    put(id, { before: file.before.slice(0, -1) })
    keep(id, last)
    void look(file.source, last)
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
  function drop(id: string, keepBytes = false): void {
    failure.value = null
    files.value = files.value.filter((file) => file.source.id !== id)
    data.dropPending(projectId, id, purpose)
    if (keepBytes) return
    choices.forget(id)
    void call('sources.delete', { id }).catch(() => {})
  }

  /** Hands a file over to the importer of another purpose. */
  function move(id: string, to: Purpose): void {
    const file = files.value.find((one) => one.source.id === id)
    if (!file) return
    drop(id, true)
    data.addPending(projectId, [file.source], to)
  }

  function setRole(id: string, column: string, role: Role): void {
    const file = find(id)
    if (!file?.probe) return
    remember(file)
    const roles = assignRole(file.roles, column, role)
    put(id, { roles })
    keep(id, { reading: file.reading, roles, sample: file.sample })
    choices.remember(purpose, file.probe.columns, roles)
  }

  function setSample(id: string, sample: SampleChoice | null): void {
    const file = find(id)
    if (!file) return
    remember(file)
    put(id, { sample })
    keep(id, { reading: file.reading, roles: file.roles, sample })
  }

  /** A fault of one file, found only while it was imported, belongs to its card, where the choices are. */
  function assignFailure(cause: unknown): void {
    const error = toErrorData(cause)
    const file = files.value.find(({ source }) => source.name === error.details?.file)
    if (file && error.code === 'bad_encoding') put(file.source.id, { error })
    failure.value = error
  }

  /** Waits for the job of this importer and tells how it ended; its files stay listed when it made nothing. */
  async function follow(running: Job): Promise<void> {
    failure.value = null
    try {
      const ended = await data.waitForJob(running.id)
      for (const { source } of files.value) {
        choices.forget(source.id)
        void call('sources.delete', { id: source.id }).catch(() => {})
      }
      files.value = []
      onImported(ended.resultId)
    } catch (cause) {
      assignFailure(cause)
    }
  }

  async function start(): Promise<void> {
    const usable = usableFiles(files.value, purpose)
    try {
      const input = usable.map(({ source, probe, roles, reading, sample }) => {
        const taken = sampleTaken(probe, sample)
        return {
          ...reading,
          sourceId: source.id,
          encoding: probe?.encoding ?? 'utf-8',
          roles,
          ...(taken ? { sample: taken } : {}),
        }
      })
      const name = datasetName(usable)
      void follow(await data.importInto(projectId, { name, purpose, files: input, seed: SEED }))
    } catch (cause) {
      assignFailure(cause)
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

  return {
    files,
    adding,
    failure,
    job,
    block,
    add,
    addText,
    drop,
    move,
    read,
    undo,
    setRole,
    setSample,
    start,
    startStarter,
  }
}
