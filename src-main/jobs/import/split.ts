import type { Split } from '@shared/contract/cleaning.ts'
import type { SplitCounts } from '@shared/contract/schemas.ts'

export type Part = keyof SplitCounts
export const PARTS: readonly Part[] = ['train', 'val', 'test']

/** Sizes of the parts for `count` instruction pairs; by default 85 / 5 / 10 %, rounded as LLMs-from-scratch ch07 does. */
export function instructSizes(count: number, { val, test }: Split): SplitCounts {
  const train = Math.max(1, Math.floor((count * (100 - val - test)) / 100))
  const tested = Math.floor((count * test) / 100)
  return { train, test: tested, val: count - train - tested }
}

/** Sizes of the parts for `count` texts of one class, by default 70 / 10 / 20 %: one of each as soon as there are three. */
export function classSizes(count: number, split: Split): SplitCounts {
  if (count < 3) return { train: Math.min(1, count), val: 0, test: Math.max(0, count - 1) }
  const val = Math.max(1, Math.round((count * split.val) / 100))
  const test = split.test === 0 ? 0 : Math.max(1, Math.round((count * split.test) / 100))
  return { train: count - val - test, val, test }
}

/**
 * A part for each of `members` (record numbers), in the order of their content's hashes, so that neither the order of the records nor their
 * company matters. Records of equal content stay together, even if a part then is not exactly of its size.
 * @param hashes by record number
 * @param parts takes an index of PARTS by record number
 */
export function assignParts(members: number[], sizes: SplitCounts, hashes: readonly number[], parts: Uint8Array): void {
  const hash = (record: number) => hashes[record] as number
  const order = members.toSorted((a, b) => hash(a) - hash(b) || a - b)
  let part = 0
  order.forEach((record, i) => {
    const wanted = i < sizes.train ? 0 : i < sizes.train + sizes.val ? 1 : 2
    const before = order[i - 1]
    if (before === undefined || hash(before) !== hash(record)) part = wanted
    parts[record] = part
  })
}
