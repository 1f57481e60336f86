import type { AppErrorData } from '@shared/contract/errors.ts'
import { shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { projectName } from '@/logic/names.ts'
import type { StarterPlan } from '@/logic/starters.ts'
import { useDataStore } from '@/stores/data.ts'
import { useProjectsStore } from '@/stores/projects.ts'
import { useAsync } from './useAsync.ts'

/** The ways to a new project: files, pasted text, a starter. Each ends on its Data screen. */
export function useNewProject() {
  const projects = useProjectsStore()
  const data = useDataStore()
  const router = useRouter()
  /** Why no file of the last drop could be taken. */
  const refused = shallowRef<AppErrorData[]>([])

  const open = (projectId: string) => router.push({ name: 'data', params: { projectId } })

  const fromFiles = useAsync(async (files: readonly File[], options: { fromDisk?: boolean; name?: string } = {}) => {
    refused.value = []
    const known = new Set(data.uploads.map((upload) => upload.key))
    const sources = await data.upload(files, options)
    const failed = data.uploads.filter((upload) => !known.has(upload.key) && upload.error)
    const first = sources[0]
    if (!first) {
      refused.value = failed.map((upload) => upload.error).filter((error) => error !== null)
      for (const upload of failed) data.dismissUpload(upload.key)
      return
    }
    // Those that failed beside it stay among the uploads, whose reasons the Data screen shows.
    const project = await projects.create(options.name ?? projectName(first.name))
    data.addPending(project.id, sources)
    await open(project.id)
  })

  const fromText = (text: string) =>
    fromFiles.run([new File([text], 'pasted text.txt', { type: 'text/plain' })], {
      fromDisk: false,
      name: firstWords(text),
    })

  const fromStarter = useAsync(async (plan: StarterPlan) => {
    const project = await projects.create(plan.project)
    for (const set of plan.sets) await data.starterInto(project.id, set)
    await open(project.id)
  })

  return { fromFiles, fromText, fromStarter, refused }
}

function firstWords(text: string): string {
  const words = text.trim().split(/\s+/).slice(0, 4).join(' ')
  return projectName(words.replace(/[^\p{L}\p{N} ]/gu, '')) || 'Pasted text'
}
