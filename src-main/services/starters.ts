import { AppError } from '@shared/contract/errors.ts'
import { starters } from '@shared/starter/index.ts'
import { defaultBuild } from '@shared/text/clean/recipe.ts'
import { requireSpace } from '../fs/disk.ts'
import type { Context } from './context.ts'
import type { Datasets } from './datasets.ts'
import type { Handlers } from './handlers.ts'

/** Seed of a starter set's split: everyone gets the same. */
const SEED = 123

/** The project's own data sets, made on this machine by their generators and imported like a file. */
export const createStarters = (
  ctx: Context,
  datasets: Datasets,
): Pick<Handlers, 'starters.list' | 'starters.create'> => ({
  'starters.list': async () => [...starters],
  'starters.create': async ({ id }) => {
    const starter = starters.find((one) => one.id === id)
    if (!starter) throw new AppError({ code: 'not_found', message: `There is no starter set ${id}.` })
    await requireSpace(ctx.dataDir, starter.approxBytes * 3, 'this starter set')
    const { name, purpose } = starter
    return datasets.startImport({ name, purpose, build: defaultBuild(purpose, SEED, 0), from: { starter: id } })
  },
})
