import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@shared/contract/errors.ts'
import {
  trainStateSchema,
  type Metric,
  type PreviewRecord,
  type RunProgress,
  type Sample,
} from '@shared/contract/schemas.ts'
import type { TensorMap } from '@engine/model/session.ts'
import { OPTIM_FILE } from '@engine/train/checkpoint.ts'
import type { CheckpointToSave, StoredCheckpoint, TokenSource, TrainIo } from '@engine/train/io.ts'
import type { RunModel } from '@engine/train/run-model.ts'
import * as v from 'valibot'
import { syncFolder, writeAtomic } from '../fs/atomic.ts'
import { writeParts } from './model-folder.ts'

const STATE_FILE = 'state.json'
const LOG_FILE = 'metrics.jsonl'
const stateSchema = v.object({ state: trainStateSchema, valLoss: v.nullable(v.number()), best: v.boolean() })

/** The trainer's outside in a folder: checkpoints/<step>/, metrics.jsonl. Keeps the newest checkpoint and the best. */
export class FsIo implements TrainIo {
  private readonly checkpoints: string

  constructor(
    private readonly folder: string,
    private readonly model: RunModel,
    private readonly text: { train: ArrayLike<number>; val: ArrayLike<number> },
    private readonly base: { path: string; params: TensorMap } | null = null,
  ) {
    this.checkpoints = join(folder, 'checkpoints')
  }

  async tokens(part: 'train' | 'val'): Promise<TokenSource> {
    const ids = this.text[part]
    return {
      count: ids.length,
      read: async (start, n) => Array.prototype.slice.call(ids, start, start + n) as number[],
    }
  }

  async records(): Promise<PreviewRecord[]> {
    return []
  }

  async baseParams(): Promise<TensorMap | null> {
    return this.base?.params ?? null
  }

  async load(prefer: 'newest' | 'best'): Promise<StoredCheckpoint | null> {
    const stored = await this.stored()
    const best = prefer === 'best' ? stored.findLast((c) => c.best) : undefined
    const found = best ?? stored.at(-1)
    if (!found) return null
    const folder = join(this.checkpoints, found.name)
    const weights = this.model.readWeights(await readFile(join(folder, this.model.weightsFile)))
    // Beside adapters, everything else is the base's.
    const params = this.model.lora ? new Map([...(this.base?.params ?? []), ...weights]) : weights
    const moments = this.model.readMoments(await readFile(join(folder, OPTIM_FILE)))
    return { trainState: found.state, session: { params, ...moments }, notes: [] }
  }

  async save({ trainState, session, valLoss, best }: CheckpointToSave): Promise<void> {
    await mkdir(this.checkpoints, { recursive: true })
    const name = String(trainState.step).padStart(8, '0')
    const temp = join(this.checkpoints, `.tmp-${name}`)
    await rm(temp, { recursive: true, force: true })
    await mkdir(temp)
    for (const file of this.model.files(session, this.base?.path ?? null)) await writeParts(join(temp, file.name), file)
    await writeAtomic(join(temp, STATE_FILE), JSON.stringify({ state: trainState, valLoss, best }))
    await rm(join(this.checkpoints, name), { recursive: true, force: true })
    await rename(temp, join(this.checkpoints, name))
    await syncFolder(this.checkpoints)
    await this.prune()
  }

  async append(metrics: Metric[], _samples: Sample[]): Promise<void> {
    await appendFile(join(this.folder, LOG_FILE), metrics.map((row) => `${JSON.stringify(row)}\n`).join(''))
  }

  async update(_patch: RunProgress): Promise<void> {
    // The folder holds a model, not a run's status: metrics and checkpoints say it all.
  }

  /** Forgets an earlier run in the same folder. */
  async clear(): Promise<void> {
    await rm(this.checkpoints, { recursive: true, force: true })
    await rm(join(this.folder, LOG_FILE), { force: true })
  }

  /** Leaves out what a run before it wrote from `step` on. */
  async trimLog(step: number): Promise<void> {
    const path = join(this.folder, LOG_FILE)
    const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n').filter(Boolean)
    const kept = lines.filter((line) => (JSON.parse(line) as Metric).step <= step)
    await writeFile(path, kept.map((line) => `${line}\n`).join(''))
  }

  private async stored() {
    const names = (await readdir(this.checkpoints).catch(() => [] as string[])).filter((n) => /^\d+$/.test(n)).sort()
    return Promise.all(
      names.map(async (name) => {
        const path = join(this.checkpoints, name, STATE_FILE)
        const parsed = v.safeParse(stateSchema, JSON.parse(await readFile(path, 'utf8')))
        if (parsed.success) return { name, ...parsed.output }
        throw new AppError({
          code: 'corrupt',
          message: `${path} cannot be read.`,
          hint: 'Delete this checkpoint folder.',
        })
      }),
    )
  }

  private async prune(): Promise<void> {
    const stored = await this.stored()
    const best = stored.findLast((c) => c.best)
    for (const { name } of stored.slice(0, -1)) {
      if (name !== best?.name) await rm(join(this.checkpoints, name), { recursive: true, force: true })
    }
  }
}
