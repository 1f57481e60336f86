import { deskSchema, emptyDesk, type Desk, type DeskEntry } from '@shared/contract/desk.ts'
import { readJson, writeJson } from '../fs/json.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { createMutex } from './mutex.ts'

/** Tables whose roles are remembered: the ones last chosen. */
const COLUMN_ROLES_KEPT = 50

/** What is still there at the start, by id. */
export interface Alive {
  projects: ReadonlySet<string>
  datasets: ReadonlySet<string>
  sources: ReadonlySet<string>
  /** Work that was cut off and can be continued. */
  jobs: ReadonlySet<string>
}

/** Keeps what a person has begun and not finished, as the page tells it: in the data folder, for the page's own storage ends with its address. */
export function createDesk(ctx: Context) {
  const exclusive = createMutex()
  const read = async (): Promise<Desk> => (await readJson(ctx.paths.desk, deskSchema, ctx.log)) ?? emptyDesk()
  const update = (change: (desk: Desk) => Desk): Promise<void> =>
    exclusive('desk', async () => writeJson(ctx.paths.desk, change(await read())))

  const handlers: Pick<Handlers, 'desk.get' | 'desk.put'> = {
    'desk.get': read,
    'desk.put': async (entry) => {
      await update((desk) => withEntry(desk, entry))
      return {}
    },
  }
  return { handlers, read, tidy: (alive: Alive) => update((desk) => tidied(desk, alive)) }
}

/** Ids of the sources that wait for their import. */
export const waitingOn = (desk: Desk): string[] =>
  Object.values(desk.pending).flatMap((project) => Object.values(project).flatMap((list) => list.map(({ id }) => id)))

/** The desk with one thing laid on it as the newest, or taken off. */
export function withEntry(desk: Desk, { part, id, value }: DeskEntry): Desk {
  const others = Object.entries(desk[part]).filter(([key]) => key !== id)
  const all = value === null ? others : [...others, [id, value]]
  return { ...desk, [part]: Object.fromEntries(part === 'columnRoles' ? all.slice(-COLUMN_ROLES_KEPT) : all) }
}

/** The desk without what belongs to things that are gone. */
export function tidied(desk: Desk, { projects, datasets, sources, jobs }: Alive): Desk {
  const only = <T>(record: Record<string, T>, keep: (id: string, value: T) => boolean): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([id, value]) => keep(id, value)))
  const pending = Object.entries(desk.pending).map(([id, { pretrain = [], instruct = [], classify = [] }]) => {
    const [a, b, c] = [pretrain, instruct, classify].map((list) => list.filter((one) => sources.has(one.id)))
    return [id, { pretrain: a, instruct: b, classify: c }]
  })
  return {
    pending: only(Object.fromEntries(pending), (id) => projects.has(id)),
    choices: only(desk.choices, (id) => sources.has(id)),
    drafts: only(desk.drafts, (id) => datasets.has(id)),
    claims: only(desk.claims, (id, { projectId }) => jobs.has(id) && projects.has(projectId)),
    columnRoles: desk.columnRoles,
  }
}
