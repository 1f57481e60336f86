import { totalmem } from 'node:os'
import type { AppInfo } from '@shared/contract/schemas.ts'
import { freeBytes } from '../fs/disk.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { physicalCores } from './physical-cores.ts'

/** What the page may know of the machine and of this copy of the studio. */
export const createInfo = (ctx: Context, host: AppInfo['host'], version: string): Pick<Handlers, 'app.info'> => ({
  'app.info': async () => ({
    version,
    host,
    platform: process.platform,
    dataDir: ctx.dataDir,
    physicalCores: await physicalCores(),
    totalMemoryBytes: totalmem(),
    freeDiskBytes: await freeBytes(ctx.dataDir),
  }),
})
