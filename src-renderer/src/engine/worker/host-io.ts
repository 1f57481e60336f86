import { routes } from '@shared/contract/api.ts'
import { AppError } from '@shared/contract/errors.ts'
import type { CheckpointManifest, Metric, PreviewRecord, Run, RunProgress, Sample } from '@shared/contract/schemas.ts'
import { parameterTable, type ParameterSpec } from '@shared/model/parameters.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { checkpointFiles, MODEL_FILE, OPTIM_FILE, readModelFile, readOptimFile } from '@engine/train/checkpoint.ts'
import type { CheckpointToSave, StoredCheckpoint, TokenSource, TrainIo } from '@engine/train/io.ts'
import type { MainClient } from './rpc.ts'
import { shardedTokens } from './sharded-tokens.ts'

/** Bytes fetched in one request while a checkpoint is read. */
const READ_BYTES = 64 * 1024 * 1024

/** The parameter table of a run's model. */
export function runTable(run: Pick<Run, 'kind' | 'config' | 'labels'>): ParameterSpec[] {
  return parameterTable(
    run.config,
    run.kind === 'classify' ? { kind: 'classification', numLabels: run.labels.length } : { kind: 'lm' },
  )
}

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

/** The trainer's outside, over main's routes. */
export class HostIo implements TrainIo {
  private readonly table: ParameterSpec[]

  constructor(
    private readonly client: MainClient,
    private readonly run: Run,
  ) {
    this.table = runTable(run)
  }

  async tokens(part: 'train' | 'val'): Promise<TokenSource> {
    const { datasetId, tokenizerId } = this.run
    const manifest = await this.client.call('tokens.manifest', { datasetId, tokenizerId })
    return shardedTokens(this.client, manifest, part)
  }

  async records(part: 'train' | 'val' | 'test'): Promise<PreviewRecord[]> {
    const bytes = await this.client.bytes(routes.records(this.run.datasetId, part))
    const lines = new TextDecoder().decode(bytes).split('\n')
    return lines.filter(Boolean).map((line) => JSON.parse(line) as PreviewRecord)
  }

  async baseParams(): Promise<TensorMap | null> {
    const { baseRunId } = this.run
    if (baseRunId === null) return null
    const base = await this.client.call('runs.get', { id: baseRunId })
    const { manifest } = await this.client.call('checkpoints.latest', { runId: baseRunId, prefer: 'best' })
    if (!manifest) throw noCheckpoint(base.name)
    return readModelFile(await checkpointBytes(this.client, manifest, MODEL_FILE), runTable(base))
  }

  async load(prefer: 'newest' | 'best'): Promise<StoredCheckpoint | null> {
    const { manifest, skipped } = await this.client.call('checkpoints.latest', { runId: this.run.id, prefer })
    if (!manifest) return null
    const params = readModelFile(await checkpointBytes(this.client, manifest, MODEL_FILE), this.table)
    const moments = readOptimFile(await checkpointBytes(this.client, manifest, OPTIM_FILE), this.table)
    const notes = skipped.map(({ id, reason }) => `Checkpoint ${id} was passed over: ${reason}.`)
    return { trainState: manifest.state, session: { params, ...moments }, notes }
  }

  async save({ trainState, session, valLoss, best }: CheckpointToSave): Promise<void> {
    const runId = this.run.id
    const files = checkpointFiles(this.table, session)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    const { id } = await this.client.call('checkpoints.begin', { runId, step: trainState.step, bytes })
    try {
      for (const file of files) {
        let offset = 0
        for await (const part of file.parts()) {
          await this.client.put(`${routes.checkpointFile(runId, id, file.name)}?offset=${offset}`, part)
          offset += part.length
        }
      }
      const sizes = files.map(({ name, bytes }) => ({ name, bytes }))
      await this.client.call('checkpoints.commit', { runId, id, state: trainState, valLoss, best, files: sizes })
    } catch (error) {
      await this.client.call('checkpoints.abort', { runId, id }).catch(() => {}) // the error below is the news
      throw error
    }
  }

  async append(metrics: Metric[], samples: Sample[]): Promise<void> {
    await this.client.call('runs.append', { id: this.run.id, metrics, samples })
  }

  async update(patch: RunProgress): Promise<void> {
    await this.client.call('runs.update', { id: this.run.id, patch })
  }
}

export function noCheckpoint(runName: string): AppError {
  return new AppError({
    code: 'not_found',
    message: `Run “${runName}” has no checkpoint that can be read.`,
    hint: 'Train it first, or choose another run.',
  })
}
