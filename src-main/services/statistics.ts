import { join } from 'node:path'
import type { Dataset, Job, TokenizerInfo } from '@shared/contract/schemas.ts'
import { statisticsSchema } from '@shared/contract/statistics.ts'
import { writeAtomic } from '../fs/atomic.ts'
import { readJson } from '../fs/json.ts'
import type { StatisticsTask } from '../jobs/task.ts'
import type { Context } from './context.ts'
import type { Handlers } from './handlers.ts'
import type { Jobs } from './jobs.ts'

interface Sources {
  dataset(id: string): Promise<Dataset>
  tokenizer(id: string): Promise<TokenizerInfo>
}

/** Statistics of datasets, counted by a job and kept under the dataset, `statistics/<tokenizer id or "gpt2">.json`. */
export function createStatistics(
  ctx: Context,
  sources: Sources,
  jobs: Jobs,
): Pick<Handlers, 'statistics.get' | 'statistics.create'> {
  const { paths } = ctx
  /** The job at work on a file, by the file. */
  const running = new Map<string, Promise<Job>>()

  async function find(datasetId: string, tokenizerId: string | null) {
    const dataset = await sources.dataset(datasetId)
    const tokenizer = tokenizerId === null ? null : await sources.tokenizer(tokenizerId)
    const file = join(paths.dataset(datasetId), 'statistics', `${tokenizer?.id ?? 'gpt2'}.json`)
    return { dataset, tokenizer, file, fingerprint: fingerprintOf(dataset, tokenizer) }
  }

  return {
    'statistics.get': async ({ datasetId, tokenizerId }) => {
      const { file, fingerprint } = await find(datasetId, tokenizerId)
      const stored = await readJson(file, statisticsSchema, ctx.log)
      return stored?.fingerprint === fingerprint ? stored : null
    },
    'statistics.create': async ({ datasetId, tokenizerId, whole }) => {
      const { dataset, tokenizer, file, fingerprint } = await find(datasetId, tokenizerId)
      const known = running.get(file)
      if (known) return known
      const job = jobs.start<StatisticsTask>({
        task: {
          kind: 'statistics',
          id: dataset.id,
          dataset,
          datasetFolder: paths.dataset(dataset.id),
          tokenizer: tokenizer && { id: tokenizer.id, name: tokenizer.name, file: paths.tokenizerJson(tokenizer.id) },
          whole,
          fingerprint,
          createdAt: new Date().toISOString(),
        },
        label: `Statistics of ${dataset.name}`,
        phase: 'Starting',
        datasetIds: [dataset.id],
        async commit(statistics) {
          running.delete(file)
          await writeAtomic(file, JSON.stringify(statistics))
        },
        async discard() {
          running.delete(file)
        },
      })
      running.set(file, job)
      return job
    },
  }
}

/** Differs when the records or the tokenizer do. */
function fingerprintOf(dataset: Dataset, tokenizer: TokenizerInfo | null): string {
  const { train, val, test } = dataset.records
  return [dataset.bytes, dataset.characters, train, val, test, tokenizer?.sha256 ?? 'gpt2'].join('-')
}
