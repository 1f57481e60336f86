import type { JobRunner } from '../jobs/task.ts'
import { createThreadRunner } from '../jobs/thread-runner.ts'
import type { Context, SourceService } from './context.ts'
import { createDatasets } from './datasets.ts'
import type { DataHandlers } from './handlers.ts'
import { createJobs } from './jobs.ts'
import { createProbe } from './probe.ts'
import { createStarters } from './starters.ts'
import { createTokenizers } from './tokenizers.ts'

/** Everything between a dropped file and tokens on disk. `run` does the long work: in threads, unless a test runs it in place. */
export function createDataService(
  ctx: Context,
  sources: SourceService,
  run: JobRunner = createThreadRunner(),
): DataHandlers {
  const jobs = createJobs(ctx, run)
  const datasets = createDatasets(ctx, sources, jobs)
  return {
    ...createProbe(sources),
    ...createStarters(ctx, datasets),
    ...datasets.handlers,
    ...createTokenizers(ctx, datasets, jobs).handlers,
    ...jobs.handlers,
  }
}
