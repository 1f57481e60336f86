import { routes } from '@shared/contract/api.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { CheckpointManifest, Run } from '@shared/contract/schemas.ts'
import type { Head } from '@shared/model/config.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { finetuneParams } from '@engine/train/initial.ts'
import { RunModel } from '@engine/train/run-model.ts'
import type { MainClient } from './rpc.ts'

/** Bytes fetched in one request while a checkpoint is read. */
const READ_BYTES = 64 * 1024 * 1024

type RunShape = Pick<Run, 'kind' | 'config' | 'labels' | 'settings'>

const headOf = ({ kind, labels }: RunShape): Head =>
  kind === 'classify' ? { kind: 'classification', numLabels: labels.length } : { kind: 'lm' }

/** How a run's model is kept. */
export const modelOf = (run: RunShape): RunModel => new RunModel(run.config, headOf(run), run.settings.trainable)

/** A file of a checkpoint, whole. */
export async function checkpointBytes(
  client: MainClient,
  manifest: CheckpointManifest,
  name: string,
): Promise<Uint8Array> {
  const file = manifest.files.find((f) => f.name === name)
  if (!file) {
    throw new AppError({
      code: 'corrupt',
      message: `Checkpoint ${manifest.id} has no ${name}.`,
      hint: 'Use another one.',
    })
  }
  const bytes = new Uint8Array(file.bytes)
  const path = routes.checkpointFile(manifest.runId, manifest.id, name)
  for (let at = 0; at < file.bytes; at += READ_BYTES) {
    bytes.set(await client.range(path, at, Math.min(READ_BYTES, file.bytes - at)), at)
  }
  return bytes
}

/** Every parameter of a run's session as a checkpoint has them, its adapters beside what they belong to. */
export async function sessionParams(client: MainClient, run: Run, manifest: CheckpointManifest): Promise<TensorMap> {
  const model = modelOf(run)
  const stored = model.readWeights(await checkpointBytes(client, manifest, model.weightsFile))
  if (!model.lora) return stored
  const base = await baseParams(client, run)
  return new Map([...finetuneParams(base, run.config, headOf(run), run.settings.seed), ...stored])
}

/** The same as a model without adapters. */
export const wholeParams = async (client: MainClient, run: Run, manifest: CheckpointManifest): Promise<TensorMap> =>
  modelOf(run).merge(await sessionParams(client, run, manifest))

/** Parameters of the run that another was started from: the checkpoint its adapters belong to, else the best. */
export async function baseParams(client: MainClient, run: Run): Promise<TensorMap> {
  const { baseRunId, baseCheckpointId } = run
  if (baseRunId === null) throw new Error(`Run ${run.name} was not started from another.`)
  const base = await client.call('runs.get', { id: baseRunId })
  if (baseCheckpointId !== undefined) {
    const manifest = await client.call('checkpoints.get', { runId: baseRunId, id: baseCheckpointId })
    return wholeParams(client, base, manifest)
  }
  const { manifest } = await client.call('checkpoints.latest', { runId: baseRunId, prefer: 'best' })
  if (!manifest) throw noCheckpoint(base.name)
  return wholeParams(client, base, manifest)
}

export function noCheckpoint(runName: string): AppError {
  return new AppError({
    code: 'not_found',
    message: `Run “${runName}” has no checkpoint that can be read.`,
    hint: 'Train it first, or choose another run.',
  })
}
