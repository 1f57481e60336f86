import { access, copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import {
  metricSchema,
  runSchema,
  sampleSchema,
  type Checkpoint,
  type Run,
  type RunCreate,
} from '@shared/contract/schemas.ts'
import { toHfConfig } from '@shared/model/hf-config.ts'
import { validateConfig } from '@shared/model/validate.ts'
import { syncFile } from '../fs/atomic.ts'
import { writeJson } from '../fs/json.ts'
import { createCollection } from './collection.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import { bestVerified } from './checkpoint-store.ts'
import { endTokenId } from './end-token.ts'
import { newId } from './ids.ts'
import type { Projects } from './projects.ts'
import { runName } from './run-names.ts'
import { createStepLog } from './step-log.ts'

const now = () => new Date().toISOString()
export const isActive = (run: Run): boolean => run.status === 'running' || run.status === 'paused'

/** Training runs: run.json, config.json, tokenizer.json, metrics.jsonl, samples.jsonl and checkpoints/ in one folder. */
export function createRuns(ctx: Context, projects: Projects) {
  const { paths, log } = ctx
  const runs = createCollection({
    schema: runSchema,
    noun: 'run',
    folder: paths.runs,
    file: (id) => join(paths.run(id), 'run.json'),
    log,
  })
  const metrics = createStepLog({ schema: metricSchema, key: (row) => String(row.step), log })
  const samples = createStepLog({ schema: sampleSchema, key: (row) => `${row.step} ${row.prompt}`, log })
  const metricsFile = (id: string) => join(paths.run(id), 'metrics.jsonl')
  const samplesFile = (id: string) => join(paths.run(id), 'samples.jsonl')

  /** Status of every run that is running or paused. */
  const underWay = new Map<string, Run['status']>()
  const watchers = new Set<(training: boolean) => void>()
  const isTraining = () => [...underWay.values()].includes('running')
  function note(run: Run): void {
    const before = isTraining()
    if (isActive(run)) underWay.set(run.id, run.status)
    else underWay.delete(run.id)
    const after = isTraining()
    if (before !== after) for (const watcher of watchers) watcher(after)
  }

  /** Changes under way that take several steps on disk. */
  const changes = new Set<Promise<unknown>>()
  /** Resolves as `change` does. A page that asks for the runs meanwhile, having just been reloaded, is answered when it is whole. */
  async function asOne<T>(change: Promise<T>): Promise<T> {
    changes.add(change)
    try {
      return await change
    } finally {
      changes.delete(change)
    }
  }

  async function update(id: string, change: (run: Run) => Run): Promise<Run> {
    const run = await runs.update(id, (current) => ({ ...change(current), updatedAt: now() }))
    note(run)
    return run
  }

  const interrupt = (id: string) => update(id, (run) => (isActive(run) ? { ...run, status: 'interrupted' } : run))

  async function create(input: RunCreate): Promise<Run> {
    await checkInputs(ctx, projects, input)
    const base = input.baseRunId === null ? null : await runs.get(input.baseRunId)
    if (base) checkSameShape(input, base)
    const baseCheckpointId = base && input.settings.trainable.kind === 'lora' ? await baseCheckpoint(base) : undefined
    const id = newId()
    const createdAt = now()
    const taken = new Set((await runs.list()).map((run) => run.name))
    const run: Run = {
      ...input,
      ...(baseCheckpointId === undefined ? {} : { baseCheckpointId }),
      id,
      name: runName(id, taken),
      status: 'created',
      createdAt,
      updatedAt: createdAt,
      step: 0,
      trainLoss: null,
      valLoss: null,
      bestValLoss: null,
      bestStep: null,
      valAccuracy: null,
      tokensSeen: 0,
      elapsedMs: 0,
      backend: null,
      report: null,
      checkpoints: [],
    }
    await mkdir(paths.checkpoints(id), { recursive: true })
    const tokenizer = join(paths.run(id), 'tokenizer.json')
    await copyFile(paths.tokenizerJson(input.tokenizerId), tokenizer)
    await syncFile(tokenizer)
    const labels = run.kind === 'classify' ? run.labels : undefined
    const endToken = endTokenId(JSON.parse(await readFile(tokenizer, 'utf8')))
    await writeJson(join(paths.run(id), 'config.json'), toHfConfig(run.config, endToken, labels))
    // Last: a folder without it is no run.
    return runs.put(run)
  }

  /** The state that adapters are trained on: from now on its own and theirs. */
  async function baseCheckpoint(base: Run): Promise<string> {
    const manifest = await bestVerified(paths.checkpoints(base.id), log)
    if (manifest) return manifest.id
    throw new AppError({
      code: 'not_found',
      message: `Run “${base.name}” has no checkpoint that can be read.`,
      hint: 'Train it first, or start from another run.',
    })
  }

  const handlers: Pick<
    Handlers,
    'runs.list' | 'runs.get' | 'runs.create' | 'runs.update' | 'runs.append' | 'runs.metrics' | 'runs.samples'
  > = {
    'runs.list': async () => {
      await Promise.allSettled(changes)
      return runs.list()
    },
    'runs.get': ({ id }) => runs.get(id),
    'runs.create': create,
    'runs.update': ({ id, patch }) => update(id, (run) => withPatch(run, patch)),
    'runs.append': async ({ id, metrics: rows, samples: texts }) => {
      await runs.get(id)
      await metrics.append(metricsFile(id), rows)
      await samples.append(samplesFile(id), texts)
      return {}
    },
    'runs.metrics': async ({ id }) => (await runs.get(id)) && metrics.read(metricsFile(id)),
    'runs.samples': async ({ id }) => (await runs.get(id)) && samples.read(samplesFile(id)),
  }

  return {
    ...runs,
    handlers,
    asOne,
    setCheckpoints: (id: string, checkpoints: Checkpoint[]) => update(id, (run) => ({ ...run, checkpoints })),
    /** Marks what a killed studio left as under way. */
    async recover(): Promise<void> {
      for (const run of await runs.list()) if (isActive(run)) await interrupt(run.id)
    },
    /** Marks the runs that are under way at this moment: nobody trains them any more. */
    async interruptActive(): Promise<void> {
      await Promise.all([...underWay.keys()].map(interrupt))
    },
    /** Calls `watcher` whenever the first run starts and the last one stops running. */
    onActivity: (watcher: (training: boolean) => void) => void watchers.add(watcher),
    /** Forgets what is held in memory of a run that is being deleted. */
    forget(id: string): void {
      metrics.forget(metricsFile(id))
      samples.forget(samplesFile(id))
    },
  }
}

export type Runs = ReturnType<typeof createRuns>

/** A run that starts again leaves its last failure behind. */
function withPatch(run: Run, patch: Partial<Run>): Run {
  const next = { ...run, ...patch }
  if (patch.status === 'running' && patch.error === undefined) delete next.error
  return next
}

async function checkInputs(ctx: Context, projects: Projects, input: RunCreate): Promise<void> {
  await projects.get(input.projectId)
  const [issue] = validateConfig({ config: input.config }).filter(({ severity }) => severity === 'error')
  if (issue) throw new AppError({ code: 'bad_request', message: issue.message })
  if (input.kind === 'classify' && input.labels.length < 2) {
    throw new AppError({ code: 'one_class', message: 'A classifier needs at least two classes.' })
  }
  if (input.settings.trainable.kind !== 'all' && input.baseRunId === null) {
    throw new AppError({
      code: 'bad_request',
      message: 'Adapters and last blocks are trained on a model that has learned already, and none is named.',
      hint: 'Train everything, or start from a run.',
    })
  }
  const needs = [
    { path: ctx.paths.tokenizerJson(input.tokenizerId), noun: `tokenizer ${input.tokenizerId}` },
    { path: ctx.paths.dataset(input.datasetId), noun: `dataset ${input.datasetId}` },
  ]
  for (const { path, noun } of needs) {
    await access(path).catch(() => {
      throw new AppError({ code: 'not_found', message: `There is no ${noun}.` })
    })
  }
}

/** Weights can be taken over only into the same shapes. */
function checkSameShape(input: RunCreate, base: Run): void {
  const keys = ['vocabSize', 'nPositions', 'nEmbd', 'nLayer', 'nHead'] as const
  const differing = keys.find((key) => input.config[key] !== base.config[key])
  if (differing === undefined) return
  throw new AppError({
    code: 'bad_request',
    message: `The model started from, ${base.name}, has ${differing} ${base.config[differing]}, not ${input.config[differing]}.`,
    hint: 'Finetune with the architecture of the model you start from.',
  })
}
