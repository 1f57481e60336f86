import { resolve } from 'node:path'
import type { AppInfo, Source } from '@shared/contract/schemas.ts'
import { version } from '../../package.json'
import { lockFolder } from '../fs/lock.ts'
import { entries, removeTemps } from '../fs/temps.ts'
import { createChats } from '../services/chats.ts'
import { createCheckpoints } from '../services/checkpoints.ts'
import { createContext, type Context, type SourceService } from '../services/context.ts'
import { createDesk, waitingOn } from '../services/desk.ts'
import { createDeletion } from '../services/deletion.ts'
import type { DataHandlers, Handlers } from '../services/handlers.ts'
import { createInfo } from '../services/info.ts'
import { createJobNotes } from '../services/job-notes.ts'
import { createProjects } from '../services/projects.ts'
import { createRuns } from '../services/runs.ts'
import { createSettingsService } from '../services/settings.ts'
import { createTuningService } from '../services/tuning.ts'
import { createSources } from '../services/sources.ts'
import { createApp, type App } from './app.ts'
import { createEventStreams } from './events.ts'

export interface StudioOptions {
  dataDir: string
  host: AppInfo['host']
  /** Folder of the built page. */
  rendererDir: string
  createData: (ctx: Context, sources: SourceService) => DataHandlers
  log: (line: string) => void
}

/** One open studio: its data folder locked, its services running. */
export interface Studio extends App {
  readonly dataDir: string
  /** Registers a file by its path; the path never crosses the contract. */
  registerPath(path: string): Promise<Source>
  /** Calls `watcher` when the first run starts running and when the last one stops. */
  onActivity(watcher: (active: boolean) => void): void
  /** Ends the event streams and gives the data folder free. */
  close(): Promise<void>
}

/**
 * Opens the data folder (made when missing) and puts in order what a killed studio left: temps are removed, runs under way
 * are marked interrupted, checkpoints listed as they are on disk. AppError 'busy' while another studio has the folder.
 */
export async function openStudio(options: StudioOptions): Promise<Studio> {
  const dataDir = resolve(options.dataDir)
  const lock = await lockFolder(dataDir)
  try {
    const ctx = createContext(dataDir, options.log)
    const sources = createSources(ctx)
    const projects = createProjects(ctx)
    const runs = createRuns(ctx, projects)
    const checkpoints = createCheckpoints(ctx, runs)
    const chats = createChats(ctx, projects, runs)
    const data = options.createData(ctx, sources)
    const desk = createDesk(ctx)
    await removeTemps(dataDir)
    const left = await createJobNotes(ctx).left()
    const waiting = await sources.recover(waitingOn(await desk.read()), left.files)
    await desk.tidy({
      projects: new Set((await projects.list()).map(({ id }) => id)),
      datasets: new Set((await entries(ctx.paths.datasets)).map(({ name }) => name)),
      sources: waiting,
      jobs: left.ids,
    })
    await runs.recover()
    await checkpoints.recover()
    const handlers: Handlers = {
      ...createInfo(ctx, options.host, version),
      ...createSettingsService(ctx),
      ...createTuningService(ctx),
      ...desk.handlers,
      ...projects.handlers,
      ...sources.handlers,
      ...data,
      ...runs.handlers,
      ...checkpoints.handlers,
      ...chats.handlers,
      ...createDeletion(ctx, projects, runs, chats),
    }
    const streams = createEventStreams(ctx.events, () => {
      runs.interruptActive().catch((error: unknown) => ctx.log(String(error)))
    })
    const app = createApp({ ctx, handlers, sources, checkpoints, streams, rendererDir: options.rendererDir })
    return {
      dataDir,
      handle: app.handle,
      registerPath: sources.registerPath,
      onActivity: runs.onActivity,
      async close() {
        streams.closeAll()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}
