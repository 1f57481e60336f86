import type { JobRunner } from '../jobs/task.ts'
import { createThreadRunner } from '../jobs/thread-runner.ts'
import type { Context, SourceService } from './context.ts'
import { createDatasetMaking } from './dataset-making.ts'
import { createDatasets } from './datasets.ts'
import type { DataHandlers } from './handlers.ts'
import { createJobs } from './jobs.ts'
import { createPassports } from './passports.ts'
import { createLook, createProbe } from './probe.ts'
import { createStarters } from './starters.ts'
import { createStatistics } from './statistics.ts'
import { createTokenizers } from './tokenizers.ts'

/** Everything between a dropped file and tokens on disk. `run` does the long work: in threads, unless a test runs it in place. */
export function createDataService(
  ctx: Context,
  sources: SourceService,
  run: JobRunner = createThreadRunner(),
): DataHandlers {
  const jobs = createJobs(ctx, run)
  const look = createLook(run)
  const datasets = createDatasets(ctx, sources, jobs, look)
  const tokenizers = createTokenizers(ctx, datasets, jobs, sources)
  return {
    ...createProbe(sources, look),
    ...createStarters(ctx, datasets),
    ...datasets.handlers,
    ...createDatasetMaking(ctx, datasets, run),
    ...createPassports(ctx, datasets, tokenizers.list, sources),
    ...tokenizers.handlers,
    ...createStatistics(ctx, { dataset: datasets.get, tokenizer: tokenizers.get }, jobs),
    ...jobs.handlers,
  }
}
