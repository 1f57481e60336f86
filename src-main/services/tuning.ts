import * as v from 'valibot'
import { tuningSchema } from '@shared/contract/schemas.ts'
import { readJson, writeJson } from '../fs/json.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { createMutex } from './mutex.ts'

/** Adapters that are remembered: the ones last written. A browser's update makes a new one of each. */
const MOST = 8

const fileSchema = v.array(tuningSchema)

/** Keeps what the engine found out about graphics cards, so that it need not time its kernels at every start. */
export function createTuningService(ctx: Context): Pick<Handlers, 'tuning.get' | 'tuning.set'> {
  const exclusive = createMutex()
  const read = async () => (await readJson(ctx.paths.tuning, fileSchema, ctx.log)) ?? []
  return {
    'tuning.get': async ({ adapter }) => ({
      text: (await read()).find((one) => one.adapter === adapter)?.text ?? null,
    }),
    'tuning.set': (given) =>
      exclusive('tuning', async () => {
        const others = (await read()).filter(({ adapter }) => adapter !== given.adapter)
        await writeJson(ctx.paths.tuning, [given, ...others].slice(0, MOST))
        return {}
      }),
  }
}
