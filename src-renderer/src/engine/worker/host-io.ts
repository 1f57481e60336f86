import { routes } from '@shared/contract/api.ts'
import type { Metric, PreviewRecord, Run, RunProgress, Sample } from '@shared/contract/schemas.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { OPTIM_FILE } from '@engine/train/checkpoint.ts'
import type { CheckpointToSave, StoredCheckpoint, TokenSource, TrainIo } from '@engine/train/io.ts'
import type { RunModel } from '@engine/train/run-model.ts'
import type { MainClient } from './rpc.ts'
import { shardedTokens } from './sharded-tokens.ts'
import { baseParams, checkpointBytes, modelOf, sessionParams } from './stored-model.ts'

/** The trainer's outside, over main's routes. */
export class HostIo implements TrainIo {
  private readonly model: RunModel

  constructor(
    private readonly client: MainClient,
    private readonly run: Run,
  ) {
    this.model = modelOf(run)
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
    return this.run.baseRunId === null ? null : baseParams(this.client, this.run)
  }

  async load(prefer: 'newest' | 'best'): Promise<StoredCheckpoint | null> {
    const { manifest, skipped } = await this.client.call('checkpoints.latest', { runId: this.run.id, prefer })
    if (!manifest) return null
    const { client, model, run } = this
    const params = await sessionParams(client, run, manifest)
    const moments = model.readMoments(await checkpointBytes(client, manifest, OPTIM_FILE))
    const notes = skipped.map(({ id, reason }) => `Checkpoint ${id} was passed over: ${reason}.`)
    return { trainState: manifest.state, session: { params, ...moments }, notes }
  }

  async save({ trainState, session, valLoss, best }: CheckpointToSave): Promise<void> {
    const runId = this.run.id
    const files = this.model.files(session, baseFolder(this.run))
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

/** Where a checkpoint of the run finds that of its base, from its own folder. */
const baseFolder = ({ baseRunId, baseCheckpointId }: Run): string | null =>
  baseCheckpointId === undefined ? null : `../../../${baseRunId}/checkpoints/${baseCheckpointId}`
