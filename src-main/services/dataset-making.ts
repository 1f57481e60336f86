import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  editSchema,
  leakageSchema,
  reportedProblemSchema,
  type Edit,
  type Leakage,
  type RecipeTrial,
} from '@shared/contract/cleaning.ts'
import { AppError } from '@shared/contract/errors.ts'
import { LIMITS } from '@shared/contract/limits.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import * as v from 'valibot'
import { TEMP_PREFIX } from '../fs/atomic.ts'
import { requireSpace } from '../fs/disk.ts'
import { readJson, writeJson } from '../fs/json.ts'
import { sourcesFolder, storedFiles, type StoredFile } from '../jobs/import/keep-source.ts'
import { editFault } from '../jobs/import/take-rows.ts'
import { readSlice } from '../jobs/io/part-reader.ts'
import type { ImportTask, JobRunner } from '../jobs/task.ts'
import type { Context } from './context.ts'
import type { Datasets } from './datasets.ts'
import type { Handlers } from './handlers.ts'

/** Bytes of a listed problem, its text included. */
const PROBLEM_BYTES = LIMITS.editCharacters * 8

/** Looking at how a dataset was made, and making it anew from its stored sources with other choices. */
export function createDatasetMaking(
  ctx: Context,
  datasets: Datasets,
  run: JobRunner,
): Pick<
  Handlers,
  | 'datasets.rebuild'
  | 'datasets.edits'
  | 'datasets.problems'
  | 'datasets.checkEdit'
  | 'datasets.tryRecipe'
  | 'datasets.leakage'
> {
  const { paths } = ctx
  /** Trials and comparisons under way; a newer trial of the same dataset ends the older one. */
  const trials = new Map<string, AbortController>()
  const comparisons = new Map<string, Promise<Leakage>>()

  const editsOf = async (id: string): Promise<Edit[]> =>
    (await readJson(join(paths.dataset(id), 'edits.json'), v.array(editSchema), ctx.log)) ?? []

  async function filesOf(dataset: Dataset): Promise<StoredFile[]> {
    if (dataset.starter !== null) return []
    const files = await storedFiles(paths.dataset(dataset.id))
    if (files) return files
    throw new AppError({
      code: 'not_found',
      message: `${dataset.name} was imported before the studio kept a copy of the files.`,
      hint: 'Import the files again to clean or split them in another way.',
    })
  }

  /** What the dataset can be made from once more. */
  async function originOf(dataset: Dataset): Promise<ImportTask['from']> {
    if (dataset.starter !== null) return { starter: dataset.starter as 'stories' }
    const folder = sourcesFolder(paths.dataset(dataset.id))
    const files = await filesOf(dataset)
    return { files: files.map((file, i) => ({ ...file, path: join(folder, `${i}`), owned: true })) }
  }

  async function tryRecipe(dataset: Dataset, task: { build: ImportTask['build'] }): Promise<RecipeTrial> {
    const { id, purpose } = dataset
    const folder = join(paths.datasets, `${TEMP_PREFIX}trial-${id}-${randomBytes(4).toString('hex')}`)
    trials.get(id)?.abort()
    const abort = new AbortController()
    trials.set(id, abort)
    await mkdir(folder, { recursive: true })
    try {
      return await run(
        {
          kind: 'trial',
          id,
          purpose,
          build: task.build,
          edits: await editsOf(id),
          folder,
          from: await originOf(dataset),
        },
        { progress: () => {}, signal: abort.signal },
      )
    } finally {
      if (trials.get(id) === abort) trials.delete(id)
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Compared once: neither the dataset nor the answer ever changes. */
  async function leakageOf(dataset: Dataset): Promise<Leakage> {
    const datasetFolder = paths.dataset(dataset.id)
    const file = join(datasetFolder, 'leakage.json')
    const known = await readJson(file, leakageSchema, ctx.log)
    if (known) return known
    const found = await run(
      { kind: 'leakage', id: dataset.id, dataset, datasetFolder },
      { progress: () => {}, signal: new AbortController().signal },
    )
    await writeJson(file, found)
    return found
  }

  return {
    'datasets.rebuild': async ({ id, build, edits }) => {
      const dataset = await datasets.get(id)
      const from = await originOf(dataset)
      await requireSpace(ctx.dataDir, dataset.bytes * 2.5, 'this dataset')
      return datasets.startImport({
        name: dataset.name,
        purpose: dataset.purpose,
        build,
        edits,
        from,
        basedOn: dataset,
      })
    },
    'datasets.edits': async ({ id }) => {
      await datasets.get(id)
      return editsOf(id)
    },
    'datasets.problems': async ({ id, kind, offset, limit }) => {
      const dataset = await datasets.get(id)
      const total = dataset.made?.problems.find((one) => one.kind === kind)?.total ?? 0
      const listed = Math.min(total, LIMITS.problemsListed)
      const from = Math.max(0, Math.floor(offset))
      const count = Math.min(Math.floor(limit), listed - from)
      if (count <= 0) return { listed, problems: [] }
      const lines = await readSlice(join(paths.dataset(id), 'problems', kind), 'jsonl', {
        offset: from,
        limit: count,
        maxBytes: PROBLEM_BYTES,
      })
      return { listed, problems: lines.map((line) => v.parse(reportedProblemSchema, JSON.parse(line.toString()))) }
    },
    'datasets.checkEdit': async ({ id, edit }) => {
      const dataset = await datasets.get(id)
      const file = (await filesOf(dataset))[edit.file]
      if (!file)
        throw new AppError({ code: 'not_found', message: `${dataset.name} has no file number ${edit.file + 1}.` })
      return { reason: edit.text === null ? null : editFault(file, dataset.purpose, edit.text, edit.line) }
    },
    'datasets.tryRecipe': async ({ id, build }) => tryRecipe(await datasets.get(id), { build }),
    'datasets.leakage': async ({ id }) => {
      const dataset = await datasets.get(id)
      const running = comparisons.get(id) ?? leakageOf(dataset).finally(() => comparisons.delete(id))
      comparisons.set(id, running)
      return running
    },
  }
}
