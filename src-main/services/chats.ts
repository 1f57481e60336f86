import { chatSchema } from '@shared/contract/schemas.ts'
import { createCollection } from './collection.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'
import type { Projects } from './projects.ts'
import type { Runs } from './runs.ts'

export function createChats(ctx: Context, projects: Projects, runs: Runs) {
  const chats = createCollection({
    schema: chatSchema,
    noun: 'chat',
    folder: ctx.paths.chats,
    file: ctx.paths.chat,
    log: ctx.log,
  })
  const ofProject = async (projectId: string) => (await chats.list()).filter((chat) => chat.projectId === projectId)

  const handlers: Pick<Handlers, 'chats.list' | 'chats.create' | 'chats.save'> = {
    /** Last used first. */
    'chats.list': async ({ projectId }) =>
      (await ofProject(projectId)).sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)),
    'chats.create': async ({ projectId, runId, title }) => {
      await projects.get(projectId)
      await runs.get(runId)
      const createdAt = new Date().toISOString()
      return chats.put({ id: newId(), projectId, runId, title, createdAt, updatedAt: createdAt, messages: [] })
    },
    /** The owner and the date of birth stay as they were. */
    'chats.save': (chat) =>
      chats.update(chat.id, ({ projectId, createdAt }) => ({
        ...chat,
        projectId,
        createdAt,
        updatedAt: new Date().toISOString(),
      })),
  }
  return { ...chats, handlers, ofProject }
}

export type Chats = ReturnType<typeof createChats>
