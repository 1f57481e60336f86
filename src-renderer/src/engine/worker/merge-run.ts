import type { Run } from '@shared/contract/schemas.ts'
import { HostIo } from './host-io.ts'
import type { MainClient } from './rpc.ts'
import { noCheckpoint, wholeParams } from './stored-model.ts'

/** Writes the best state of a run with adapters as the whole model of `into`, a new run, with its curve, samples and report. */
export async function mergeRun(client: MainClient, run: Run, into: Run): Promise<void> {
  const { manifest } = await client.call('checkpoints.latest', { runId: run.id, prefer: 'best' })
  if (!manifest) throw noCheckpoint(run.name)
  const params = await wholeParams(client, run, manifest)
  const [metrics, samples] = [
    await client.call('runs.metrics', { id: run.id }),
    await client.call('runs.samples', { id: run.id }),
  ]
  await client.call('runs.append', { id: into.id, metrics, samples })
  const { state: trainState, valLoss } = manifest
  await new HostIo(client, into).save({ trainState, session: { params }, valLoss, best: true })
  const { step, trainLoss, bestValLoss, bestStep, valAccuracy, tokensSeen, elapsedMs, backend, report } = run
  const patch = { step, trainLoss, valLoss: run.valLoss, bestValLoss, bestStep, valAccuracy, tokensSeen, elapsedMs }
  await client.call('runs.update', { id: into.id, patch: { ...patch, backend, report, status: 'finished' } })
}
