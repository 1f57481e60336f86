import { routes, type Input, type Method, type Output } from '@shared/contract/api.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { Metric, PreviewRecord } from '@shared/contract/schemas.ts'
import { openBackend } from '@engine/worker/backends.ts'
import { EngineClient, type EnginePort } from '@engine/worker/client.ts'
import { Engine } from '@engine/worker/engine.ts'
import { connectHost } from '@engine/worker/host.ts'
import type { BackendWish, ChosenBackend, EngineEvent } from '@engine/worker/protocol.ts'
import { MainClient } from '@engine/worker/rpc.ts'
import { openStudio } from '../../app/studio.ts'
import type { JobRunner } from '../../jobs/task.ts'
import { createDataService } from '../../services/data.ts'
import { nodeOpeners } from '../engine-device.ts'
import { JobWatch } from './job-watch.ts'

/** Where the studio's routes begin; every request is a function call, no socket is opened. */
const HERE = 'http://studio'

export interface WorkshopOptions {
  dataDir: string
  wish: BackendWish
  /** How work on data is done; in threads of the build when left out. */
  runJob?: JobRunner
}

/** The studio and its engine in one process, without a page: main's own routes and the engine worker's own code, joined by calls. */
export interface Workshop {
  call<M extends Method>(method: M, input: Input<M>): Promise<Output<M>>
  /** Records of a finetuning dataset's part. */
  records(datasetId: string, part: 'train' | 'test'): Promise<PreviewRecord[]>
  /** A tokenizer as the engine reads it. */
  codec: ReturnType<typeof connectHost>['codec']
  readonly jobs: JobWatch
  readonly engine: EngineClient
  /** What the models are trained on. */
  readonly device: ChosenBackend
  /** Trains a run from its start, or goes on with it. @throws AppError what made it fail */
  train(runId: string, resume: boolean, onMetrics: (rows: Metric[]) => void): Promise<'finished' | 'stopped'>
  /** Gives the data folder free. */
  close(): Promise<void>
}

/** Opens the data folder and the device. @throws AppError 'busy' while a studio has the folder, or why there is no device */
export async function openWorkshop({ dataDir, wish, runJob }: WorkshopOptions): Promise<Workshop> {
  const jobs = new JobWatch()
  const studio = await openStudio({
    dataDir,
    host: 'web',
    rendererDir: dataDir, // no page is ever asked for
    createData: (ctx, sources) => {
      ctx.events.subscribe((event) => {
        if (event.type === 'job') jobs.note(event.job)
      })
      return createDataService(ctx, sources, runJob)
    },
    log: (line) => process.stderr.write(`gradus: ${line}\n`),
  })
  const fetcher: typeof fetch = (url, init) => studio.handle(new Request(url, init))
  const client = new MainClient(HERE, '', fetcher)
  const engine = new EngineClient(enginePort(fetcher))
  try {
    const device = await openDevice(engine, wish)
    return {
      call: (method, input) => client.call(method, input),
      records: async (datasetId, part) => {
        const text = new TextDecoder().decode(await client.bytes(routes.records(datasetId, part)))
        return text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as PreviewRecord] : []))
      },
      codec: connectHost(HERE, '', fetcher).codec,
      jobs,
      engine,
      device,
      train: (runId, resume, onMetrics) => train(engine, runId, resume, onMetrics),
      close: () => studio.close(),
    }
  } catch (error) {
    await studio.close()
    throw error
  }
}

/** The engine worker's own engine, in this thread. */
function enginePort(fetcher: typeof fetch): EnginePort {
  const listeners: ((event: { data: EngineEvent }) => void)[] = []
  const engine = new Engine({
    emit: (data) => {
      for (const listener of listeners) listener({ data })
    },
    connect: (baseUrl, token) => connectHost(baseUrl, token, fetcher),
    openBackend: (wish) => openBackend(wish, nodeOpeners(wish)),
    now: () => performance.now(),
    wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  })
  return {
    postMessage: (command) => engine.handle(command),
    addEventListener: (type: string, listener: (event: never) => void) => {
      // There is no worker that could crash by itself.
      if (type === 'message') listeners.push(listener as (event: { data: EngineEvent }) => void)
    },
  }
}

/** The answer to what `ask` sets off: the first event that `take` makes something of. */
function answer<T>(engine: EngineClient, ask: () => void, take: (event: EngineEvent) => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const off = engine.on((event) => {
      try {
        const taken = take(event)
        if (taken === undefined) return
        resolve(taken)
      } catch (error) {
        reject(error as Error)
      }
      off()
    })
    ask()
  })
}

const openDevice = (engine: EngineClient, wish: BackendWish): Promise<ChosenBackend> =>
  answer(
    engine,
    () => engine.send({ type: 'open', baseUrl: HERE, token: '', ...wish }),
    (event) => {
      if (event.type === 'unavailable') throw new AppError(event.error)
      return event.type === 'ready' ? event.backend : undefined
    },
  )

const train = (engine: EngineClient, runId: string, resume: boolean, onMetrics: (rows: Metric[]) => void) =>
  answer(
    engine,
    () => engine.send({ type: 'train', runId, resume }),
    (event) => {
      if (event.type === 'metrics') onMetrics(event.rows)
      if (event.type !== 'train') return undefined
      if (event.phase === 'failed') throw new AppError(event.error ?? { code: 'internal', message: 'The run failed.' })
      return event.phase === 'finished' || event.phase === 'stopped' ? event.phase : undefined
    },
  )
