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
      const mine = (await runs.list()).filter((run) => run.projectId === id)
      mine.forEach(refuseActive)
      for (const run of mine) await deleteRun(run.id)
      for (const chat of await chats.ofProject(id)) await deleteChat(chat.id)
      await projects.remove(id, () => rm(ctx.paths.project(id)))
      return {}
    },
    'runs.delete': async ({ id }) => {
      await deleteRun(id)
      return {}
    },
    'chats.delete': async ({ id }) => {
      await deleteChat(id)
      return {}
    },
  }
}
