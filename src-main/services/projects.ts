import { projectSchema, type Project } from '@shared/contract/schemas.ts'
import { createCollection } from './collection.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'

const now = () => new Date().toISOString()

export function createProjects(ctx: Context) {
  const projects = createCollection({
    schema: projectSchema,
    noun: 'project',
    folder: ctx.paths.projects,
    file: ctx.paths.project,
    log: ctx.log,
  })
  const handlers: Pick<Handlers, 'projects.list' | 'projects.get' | 'projects.create' | 'projects.update'> = {
    'projects.list': () => projects.list(),
    'projects.get': ({ id }) => projects.get(id),
    'projects.create': ({ name }) => {
      const createdAt = now()
      return projects.put({
        id: newId(),
        name,
        createdAt,
        updatedAt: createdAt,
        datasetId: null,
        tokenizerId: null,
        preset: null,
        model: null,
        pretrainRunId: null,
        instructDatasetId: null,
        instructRunId: null,
        classifyDatasetId: null,
        classifyRunId: null,
      })
    },
    'projects.update': ({ id, patch }) =>
      projects.update(id, (project) => ({ ...project, ...patch, updatedAt: now() })),
  }

  /** Takes a run that is being deleted out of its project. */
  async function forgetRun(projectId: string, runId: string): Promise<void> {
    const slots = ['pretrainRunId', 'instructRunId', 'classifyRunId'] as const
    const project = await projects.find(projectId)
    if (!project || !slots.some((slot) => project[slot] === runId)) return
    const cleared = (current: Project) =>
      Object.fromEntries(slots.filter((slot) => current[slot] === runId).map((slot) => [slot, null]))
    await projects.update(projectId, (current) => ({ ...current, ...cleared(current), updatedAt: now() }))
  }

  return { ...projects, handlers, forgetRun }
}

export type Projects = ReturnType<typeof createProjects>
