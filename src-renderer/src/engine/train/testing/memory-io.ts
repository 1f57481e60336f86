import type { Metric, PreviewRecord, RunProgress, Sample } from '@shared/contract/schemas.ts'
import type { TensorMap } from '@engine/model/session.ts'
import type { CheckpointToSave, StoredCheckpoint, TokenSource, TrainIo } from '../io.ts'

/** Tokens held in memory. */
export function arraySource(ids: ArrayLike<number>): TokenSource {
  return { count: ids.length, read: async (start, n) => Array.prototype.slice.call(ids, start, start + n) as number[] }
}

/** The outside world in memory. */
export class MemoryIo implements TrainIo {
  readonly saved: CheckpointToSave[] = []
  readonly metrics = new Map<number, Metric>()
  readonly samples: Sample[] = []
  run: RunProgress = {}
  /** Called at each save; may throw. */
  onSave: (checkpoint: CheckpointToSave) => void = () => {}
  base: TensorMap | null = null
  parts: Record<string, PreviewRecord[]> = {}
  text: Record<string, ArrayLike<number>> = {}

  async tokens(part: 'train' | 'val') {
    return arraySource(this.text[part] ?? [])
  }
  async records(part: string) {
    return this.parts[part] ?? []
  }
  async baseParams() {
    return this.base
  }
  async load(prefer: 'newest' | 'best'): Promise<StoredCheckpoint | null> {
    const found = prefer === 'best' ? this.saved.findLast((c) => c.best) : this.saved.at(-1)
    if (!found) return null
    const { trainState, session } = structuredClone(found)
    // What a checkpoint of adapters leaves out is the base's.
    return {
      trainState,
      session: { ...session, params: new Map([...(this.base ?? []), ...session.params]) },
      notes: [],
    }
  }
  async save(checkpoint: CheckpointToSave) {
    this.onSave(checkpoint)
    this.saved.push(structuredClone(checkpoint))
  }
  async append(metrics: Metric[], samples: Sample[]) {
    for (const row of metrics) this.metrics.set(row.step, row)
    this.samples.push(...samples)
  }
  async update(patch: RunProgress) {
    this.run = { ...this.run, ...patch }
  }
}
