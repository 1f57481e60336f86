import type { RunCreate } from '@shared/contract/schemas.ts'
import type { Codec } from './codec.ts'
import { classifyJob } from './classify-job.ts'
import { instructJob } from './instruct-job.ts'
import type { TrainIo } from './io.ts'
import type { TrainingJob } from './job.ts'
import { pretrainJob } from './pretrain-job.ts'

/** Reads a run's data and makes its job ready. */
export async function prepareJob(
  run: Pick<RunCreate, 'kind' | 'config' | 'settings' | 'labels'>,
  codec: Codec,
  io: Pick<TrainIo, 'tokens' | 'records'>,
): Promise<TrainingJob> {
  const { config, settings } = run
  switch (run.kind) {
    case 'pretrain':
      return pretrainJob(config, settings, codec, { train: await io.tokens('train'), val: await io.tokens('val') })
    case 'instruct':
      return instructJob(config, settings, codec, { train: await io.records('train'), val: await io.records('val') })
    case 'classify': {
      const [train, val, test] = await Promise.all([io.records('train'), io.records('val'), io.records('test')])
      return classifyJob(config, settings, codec, run.labels, { train, val, test })
    }
  }
}
