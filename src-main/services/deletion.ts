import { rm } from 'node:fs/promises'
import { AppError } from '@shared/contract/errors.ts'
import type { Run } from '@shared/contract/schemas.ts'
import { removeFolder } from '../fs/temps.ts'
import type { Chats } from './chats.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import type { Projects } from './projects.ts'
import { isActive, type Runs } from './runs.ts'

function refuseActive(run: Run): void {
  if (!isActive(run)) return
  throw new AppError({ code: 'busy', message: `${run.name} is being trained.`, hint: 'Stop it first.' })
}

/** Adapters are nothing without the model that they were trained on. */
function refuseNeeded(run: Run, others: readonly Run[]): void {
  const names = others
    .filter((other) => other.baseRunId === run.id && other.baseCheckpointId !== undefined)
    .map(({ name }) => `“${name}”`)
  if (names.length === 0) return
  throw new AppError({
    code: 'busy',
    message: `“${run.name}” is still needed: ${names.join(', ')} ${names.length === 1 ? 'consists of adapters' : 'consist of adapters'} to it.`,
    hint: 'Merge into a whole model what you want to keep, and delete the adapters first.',
  })
}

/** Deleting, with what hangs on it: a project takes its runs and chats along; datasets and tokenizers stay. */
export function createDeletion(
  ctx: Context,
  projects: Projects,
  runs: Runs,
  chats: Chats,
): Pick<Handlers, 'projects.delete' | 'runs.delete' | 'chats.delete'> {
  const deleteRun = (id: string) =>
    runs.remove(id, async (run) => {
      refuseActive(run)
      await projects.forgetRun(run.projectId, id)
      await removeFolder(ctx.paths.run(id))
      runs.forget(id)
    })
  const deleteChat = (id: string) => chats.remove(id, () => rm(ctx.paths.chat(id)))

  return {
    'projects.delete': async ({ id }) => {
      await projects.get(id)
      const all = await runs.list()
      const mine = all.filter((run) => run.projectId === id)
      const others = all.filter((run) => run.projectId !== id)
      for (const run of mine) {
        refuseActive(run)
        refuseNeeded(run, others)
      }
      for (const run of mine) await deleteRun(run.id)
      for (const chat of await chats.ofProject(id)) await deleteChat(chat.id)
      await projects.remove(id, () => rm(ctx.paths.project(id)))
      return {}
    },
    'runs.delete': async ({ id }) => {
      refuseNeeded(await runs.get(id), await runs.list())
      await deleteRun(id)
      return {}
    },
    'chats.delete': async ({ id }) => {
      await deleteChat(id)
      return {}
    },
  }
}
