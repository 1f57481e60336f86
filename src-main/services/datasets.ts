import { mkdir, rename, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import { datasetSchema, type Dataset, type Purpose, type Reading } from '@shared/contract/schemas.ts'
import { defaultBuild } from '@shared/text/clean/recipe.ts'
import { missingRoles } from '@shared/text/records.ts'
import { syncFolder, TEMP_PREFIX } from '../fs/atomic.ts'
import { requireSpace } from '../fs/disk.ts'
import { writeJson } from '../fs/json.ts'
import { removeFolder } from '../fs/temps.ts'
import { wantedBytes } from '../jobs/import/keep-source.ts'
import { sampleObstacle } from '../jobs/import/sample.ts'
import { isProse } from '../jobs/import/source-rows.ts'
import type { ImportFile, ImportTask } from '../jobs/task.ts'
import { createCollection } from './collection.ts'
import type { Context, SourceService } from './context.ts'
import { previewRecords } from './dataset-preview.ts'
import type { Handlers } from './handlers.ts'
import { newId } from './ids.ts'
import type { Jobs } from './jobs.ts'
import type { Look } from './probe.ts'
import { licenceOf } from './passports.ts'

/** Room that an import needs on the disk, as a multiple of its files: their copy, and records are written twice before they lie in their parts. */
const SPACE_FACTOR: Record<Purpose, number> = { pretrain: 2.2, instruct: 3.5, classify: 3.5 }

/** What a dataset is made from; `basedOn` is the one whose stored sources are taken. */
export interface NewDataset extends Pick<ImportTask, 'name' | 'purpose' | 'build' | 'from'> {
  edits?: ImportTask['edits']
  basedOn?: Dataset | null
}

/** Datasets on disk: `datasets/<id>/` with dataset.json and the parts that jobs/io/part-writer.ts describes. */
export function createDatasets(ctx: Context, sources: SourceService, jobs: Jobs, look: Look) {
  const { paths } = ctx
  const datasets = createCollection({
    schema: datasetSchema,
    noun: 'dataset',
    folder: paths.datasets,
    file: (id) => join(paths.dataset(id), 'dataset.json'),
    log: ctx.log,
  })

  /** Starts the job that makes a dataset in a temporary folder, which is renamed when it is whole. */
  async function begin(made: Omit<ImportTask, 'folder'>) {
    const { id, name, basedOn } = made
    const folder = join(paths.datasets, `${TEMP_PREFIX}${id}`)
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    return jobs.start<ImportTask>({
      task: { ...made, folder },
      label: `${basedOn ? 'Make' : 'Import'} ${name}${basedOn ? ' anew' : ''}`,
      phase: 'Starting',
      datasetIds: basedOn ? [id, basedOn] : [id],
      async commit(dataset) {
        await writeJson(join(folder, 'dataset.json'), dataset)
        await rename(folder, paths.dataset(id))
        await syncFolder(paths.datasets)
      },
      discard: () => rm(folder, { recursive: true, force: true }),
    })
  }
  jobs.restartWith('import', begin)

  const startImport = ({ basedOn = null, edits = [], ...input }: NewDataset) =>
    begin({
      kind: 'import',
      id: newId(),
      createdAt: new Date().toISOString(),
      edits,
      licence: licenceOf(basedOn ?? { starter: 'starter' in input.from ? input.from.starter : null }),
      basedOn: basedOn?.id ?? null,
      ...input,
    })

  /** Looks at a source once more, since the contract carries only what the person can choose. */
  async function importFile(
    input: Reading & Pick<ImportFile, 'roles' | 'sample'> & { sourceId: string },
    purpose: Purpose,
  ): Promise<ImportFile> {
    const { source, path } = sources.get(input.sourceId)
    const probe = await look(path, source, input)
    if (probe.error) throw new AppError(probe.error)
    const { kind, delimiter, hasHeader, encoding, gzip, columns } = probe
    const { name, bytes } = source
    const prose = isProse(probe)
    if (prose ? purpose !== 'pretrain' : missingRoles(input.roles, purpose).length > 0) {
      throw missingColumns(name, purpose, input.roles, prose ? null : columns)
    }
    const { roles, invalid = 'refuse' } = input
    const owned = path.startsWith(join(paths.uploads, sep))
    const file = { path, name, bytes, encoding, gzip, invalid, kind, delimiter, hasHeader, roles, owned }
    const { sample } = input
    if (!sample || sample.bytes >= bytes) return file
    const obstacle = sampleObstacle(file, sample)
    if (obstacle) throw obstacle
    return { ...file, sample }
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
      const bytes = files.reduce((sum, file) => sum + wantedBytes(file), 0)
      await requireSpace(ctx.dataDir, bytes * SPACE_FACTOR[purpose], 'this import')
      return startImport({ name, purpose, build: defaultBuild(purpose, seed, bytes), from: { files } })
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

  return {
    handlers,
    startImport,
    get: (id: string): Promise<Dataset> => datasets.get(id),
    update: datasets.update,
  }
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
