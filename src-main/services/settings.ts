import { settingsSchema, type Settings } from '@shared/contract/schemas.ts'
import { readJson, writeJson } from '../fs/json.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { createMutex } from './mutex.ts'

const DEFAULTS: Settings = { theme: 'system', backend: 'auto', cpuThreads: null }

export function createSettingsService(ctx: Context): Pick<Handlers, 'settings.get' | 'settings.set'> {
  const exclusive = createMutex()
  const read = async () => (await readJson(ctx.paths.settings, settingsSchema, ctx.log)) ?? DEFAULTS
  return {
    'settings.get': read,
    'settings.set': (patch) =>
      exclusive('settings', async () => {
        const settings = { ...(await read()), ...patch }
        await writeJson(ctx.paths.settings, settings)
        return settings
      }),
  }
}
