import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Input, Method, Output } from '@shared/contract/api.ts'
import type { AppErrorData } from '@shared/contract/errors.ts'
import type { Run, TrainState } from '@shared/contract/schemas.ts'
import { onTestFinished } from 'vitest'
import type { App } from '../app/app.ts'
import { openStudio, type Studio } from '../app/studio.ts'
import type { DataHandlers } from '../services/handlers.ts'

/** A fresh folder that is removed when the test ends. */
export async function tempDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A studio over `dataDir` with no data methods, and the lines it logged. Closed when the test ends. */
export async function testStudio(dataDir?: string): Promise<{ studio: Studio; log: string[]; dataDir: string }> {
  const folder = dataDir ?? (await tempDir())
  const log: string[] = []
  const studio = await openStudio({
    dataDir: folder,
    host: 'web',
    rendererDir: join(folder, 'renderer'),
    createData: () => ({}) as DataHandlers,
    log: (line) => log.push(line),
  })
  onTestFinished(() => studio.close())
  return { studio, log, dataDir: folder }
}

export const request = (path: string, init?: RequestInit) => new Request(`http://studio${path}`, init)

export const put = (app: App, path: string, body: BodyInit): Promise<Response> =>
  app.handle(request(path, { method: 'PUT', body }))

/** Calls a method and gives its output; rejects with the error data. */
export async function call<M extends Method>(app: App, method: M, input: Input<M>): Promise<Output<M>> {
  const response = await app.handle(request(`/api/${method}`, { method: 'POST', body: JSON.stringify(input) }))
  const body = await response.json()
  if (!response.ok) throw body as AppErrorData
  return body as Output<M>
}

const CONFIG = {
  vocabSize: 17,
  nPositions: 8,
  nEmbd: 8,
  nLayer: 1,
  nHead: 2,
  dropout: 0,
  qkvBias: true,
  tieWordEmbeddings: true,
  layerNormEpsilon: 1e-5,
}

const SETTINGS = {
  steps: 10,
  batchSize: 2,
  accumulation: 1,
  trainable: { kind: 'all' as const },
  learningRate: 1e-3,
  minLearningRate: 1e-4,
  warmupSteps: 0,
  beta1: 0.9,
  beta2: 0.95,
  eps: 1e-8,
  weightDecay: 0.1,
  gradClip: 1,
  seed: 1,
  evalEvery: 5,
  evalBatches: 1,
  sampleEvery: 5,
  checkpointEvery: 5,
  prompts: [],
}

/** A project with a tokenizer and a dataset on disk, as the data services leave them. */
export async function prepareProject(app: App, dataDir: string): Promise<string> {
  const project = await call(app, 'projects.create', { name: 'First' })
  await mkdir(join(dataDir, 'tokenizers/tok'), { recursive: true })
  await mkdir(join(dataDir, 'datasets/data'), { recursive: true })
  const tokenizer = { added_tokens: [{ id: 16, content: '<|endoftext|>' }] }
  await writeFile(join(dataDir, 'tokenizers/tok/tokenizer.json'), JSON.stringify(tokenizer))
  return project.id
}

export const runInput = (projectId: string): Input<'runs.create'> => ({
  projectId,
  kind: 'pretrain',
  config: CONFIG,
  tokenizerId: 'tok',
  datasetId: 'data',
  baseRunId: null,
  labels: [],
  settings: SETTINGS,
})

export async function createRun(app: App, dataDir: string): Promise<Run> {
  return call(app, 'runs.create', runInput(await prepareProject(app, dataDir)))
}

export const trainState = (step: number): TrainState => ({
  step,
  tokensSeen: step * 16,
  elapsedMs: step,
  seed: 1,
  cursor: { epoch: 0, index: step },
  bestValLoss: null,
  bestStep: null,
})

/** Writes one checkpoint by the protocol: two small files, the first in two parts. */
export async function saveCheckpoint(app: App, runId: string, step: number, best = false): Promise<string> {
  const { id } = await call(app, 'checkpoints.begin', { runId, step, bytes: 30 })
  const at = (name: string, offset: number) => `/blobs/checkpoints/${runId}/${id}/${name}?offset=${offset}`
  await put(app, at('model.safetensors', 0), `step ${step} `.padEnd(10))
  await put(app, at('model.safetensors', 10), 'weights...')
  await put(app, at('optim.safetensors', 0), 'moments...')
  await call(app, 'checkpoints.commit', {
    runId,
    id,
    state: trainState(step),
    valLoss: 1,
    best,
    files: [
      { name: 'model.safetensors', bytes: 20 },
      { name: 'optim.safetensors', bytes: 10 },
    ],
  })
  return id
}
