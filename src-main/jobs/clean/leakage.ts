import type { Leakage } from '@shared/contract/cleaning.ts'
import { excerpt } from '@shared/formats/read-record.ts'
import { FingerprintSet } from '@shared/text/clean/fingerprint.ts'
import type { JobTools, LeakageTask } from '../task.ts'
import { partUnits } from './part-units.ts'
import { HeldBack, LEAK_THRESHOLD, unitOf } from './shared.ts'

const EXAMPLES = 5

/** What the training part shares with validation and test: lines of running text, or records. */
export async function findLeakage({ dataset, datasetFolder }: LeakageTask, tools: JobTools): Promise<Leakage> {
  const { purpose } = dataset
  const unit = unitOf(purpose, dataset.made?.prose ?? false)
  const held = await HeldBack.read(datasetFolder, purpose, unit, tools)
  const shared = new FingerprintSet()
  const near = new Set<number>()
  const found: { train: string; index: number | null; similarity: number }[] = []
  let inTrain = 0
  for await (const units of partUnits(datasetFolder, 'train', purpose, unit, tools.signal)) {
    for (const { compared } of units) {
      const share = compared === null ? null : held.share(compared)
      if (!share || compared === null) continue
      inTrain++
      const isNew = share.kind === 'exact' ? shared.add(compared) : near.size < near.add(share.index).size
      if (!isNew || found.length === EXAMPLES) continue
      const [index, similarity] = share.kind === 'exact' ? [null, 1] : [share.index, share.similarity]
      found.push({ train: excerpt(compared), index, similarity })
    }
  }
  const others = await textsAt(found, { dataset, datasetFolder }, tools)
  return {
    unit,
    compared: held.compared,
    shared: shared.size,
    near: near.size,
    threshold: LEAK_THRESHOLD,
    inTrain,
    partial: held.partial,
    examples: found.map(({ train, index, similarity }) => ({
      train,
      other: index === null ? train : (others.get(index) ?? ''),
      similarity,
    })),
  }
}

/** The held-back texts with these numbers, as `HeldBack` counts them. */
async function textsAt(
  found: readonly { index: number | null }[],
  { dataset, datasetFolder }: Pick<LeakageTask, 'dataset' | 'datasetFolder'>,
  tools: JobTools,
): Promise<Map<number, string>> {
  const wanted = new Set(found.map(({ index }) => index))
  const texts = new Map<number, string>()
  if (wanted.size === 0 || (wanted.size === 1 && wanted.has(null))) return texts
  const unit = unitOf(dataset.purpose, dataset.made?.prose ?? false)
  const seen = new FingerprintSet()
  for (const part of ['val', 'test'] as const) {
    for await (const units of partUnits(datasetFolder, part, dataset.purpose, unit, tools.signal)) {
      for (const { compared } of units) {
        if (compared === null || !seen.add(compared)) continue
        if (wanted.has(seen.size - 1)) texts.set(seen.size - 1, excerpt(compared))
      }
    }
  }
  return texts
}
