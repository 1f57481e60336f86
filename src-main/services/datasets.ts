import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { datasetSchema, type Dataset, type Purpose } from '@shared/contract/schemas.ts'
import { missingRoles } from '@shared/text/records.ts'
import { syncFolder, TEMP_PREFIX } from '../fs/atomic.ts'
import { requireSpace } from '../fs/disk.ts'
import { writeJson } from '../fs/json.ts'
import { removeFolder } from '../fs/temps.ts'
import { probeFile } from '../jobs/import/probe.ts'
import type { ImportFile, ImportTask } from '../jobs/task.ts'
import { createCollection } from './collection.ts'
import type { Context, SourceService } from './context.ts'
import { previewRecords } from './dataset-preview.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'
import type { Jobs } from './jobs.ts'

/** Room that an import needs on the disk, as a multiple of its files: records are written twice before they lie in their parts. */
const SPACE_FACTOR: Record<Purpose, number> = { pretrain: 1.2, instruct: 2.5, classify: 2.5 }

/** Datasets on disk: `datasets/<id>/` with dataset.json and the parts that jobs/io/part-writer.ts describes. */
export function createDatasets(ctx: Context, sources: SourceService, jobs: Jobs) {
  const { paths } = ctx
  const datasets = createCollection({
    schema: datasetSchema,
    noun: 'dataset',
    folder: paths.datasets,
    file: (id) => join(paths.dataset(id), 'dataset.json'),
    log: ctx.log,
  })

  /** Starts the job that makes a dataset in a temporary folder, which is renamed when it is whole. */
  async function startImport(input: Pick<ImportTask, 'name' | 'purpose' | 'seed' | 'from'>) {
    const id = newId()
    const folder = join(paths.datasets, `${TEMP_PREFIX}${id}`)
    await mkdir(folder, { recursive: true })
    return jobs.start<ImportTask>({
      task: { kind: 'import', id, createdAt: new Date().toISOString(), folder, ...input },
      label: `Import ${input.name}`,
      phase: 'Starting',
      datasetIds: [id],
      async commit(dataset) {
        await writeJson(join(folder, 'dataset.json'), dataset)
        await rename(folder, paths.dataset(id))
        await syncFolder(paths.datasets)
      },
      discard: () => rm(folder, { recursive: true, force: true }),
    })
  }

  /** Looks at a source once more, since the contract carries only what the person can choose. */
  async function importFile(
    input: { sourceId: string; encoding: ImportFile['encoding']; roles: ImportFile['roles'] },
    purpose: Purpose,
  ): Promise<ImportFile> {
    const { source, path } = sources.get(input.sourceId)
    const probe = await probeFile(path, source, input.encoding)
    if (probe.error) throw new AppError(probe.error)
    const { kind, delimiter, hasHeader, encoding, columns } = probe
    const { name, bytes } = source
    const isProse = kind === 'text' || kind === 'markdown'
    if (isProse ? purpose !== 'pretrain' : missingRoles(input.roles, purpose).length > 0) {
      throw missingColumns(name, purpose, input.roles, isProse ? null : columns)
    }
    return { path, name, bytes, encoding, kind, delimiter, hasHeader, roles: input.roles }
  }

  const handlers: Pick<
    Handlers,
    'datasets.list' | 'datasets.get' | 'datasets.import' | 'datasets.delete' | 'datasets.preview'
  > = {
    'datasets.list': () => datasets.list(),
    'datasets.get': ({ id }) => datasets.get(id),
    'datasets.import': async ({ name, purpose, files: chosen, seed }) => {
      const files: ImportFile[] = []
      for (const file of chosen) files.push(await importFile(file, purpose))
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
      await requireSpace(ctx.dataDir, bytes * SPACE_FACTOR[purpose], 'this import')
      return startImport({ name, purpose, seed, from: { files } })
    },
    'datasets.delete': async ({ id }) => {
      await datasets.remove(id, async (dataset) => {
        if (jobs.uses(id)) {
          throw new AppError({
            code: 'busy',
            message: `${dataset.name} is being worked on.`,
            hint: 'Wait until the job has ended, or cancel it.',
          })
        }
        await removeFolder(paths.dataset(id))
      })
      return {}
    },
    'datasets.preview': async ({ id, part, offset, limit }) =>
      previewRecords(paths.dataset(id), await datasets.get(id), part, offset, limit),
  }

  return { handlers, startImport, get: (id: string): Promise<Dataset> => datasets.get(id) }
}

export type Datasets = ReturnType<typeof createDatasets>

function missingColumns(
  name: string,
  purpose: Purpose,
  roles: ImportFile['roles'],
  columns: string[] | null,
): AppError {
  const needed = missingRoles(roles, purpose).join(', ')
  if (columns === null) {
    return new AppError({
      code: 'missing_columns',
      message: `${name} is running text. Needs: ${needed}.`,
      hint: 'Give a CSV, TSV, JSON or JSONL file with one record per row or line.',
    })
  }
  return new AppError({
    code: 'missing_columns',
    message: `${name}. Needs: ${needed}. Found: ${columns.join(', ')}.`,
    hint: 'Choose which column is used for what.',
  })
}
