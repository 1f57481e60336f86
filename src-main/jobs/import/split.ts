import type { SplitCounts } from '@shared/contract/schemas.ts'
import { createRng } from '@shared/random/rng.ts'

export type Part = keyof SplitCounts
export const PARTS: readonly Part[] = ['train', 'val', 'test']

/** Sizes of train, test and val for `count` instruction pairs: 85 %, 10 %, the rest (LLMs-from-scratch ch07). */
export function instructSizes(count: number): SplitCounts {
  const train = Math.max(1, Math.floor(count * 0.85))
  const test = Math.floor(count * 0.1)
  return { train, test, val: count - train - test }
}

/** Sizes of the parts for `count` texts of one class: 70 / 10 / 20 %, one of each as soon as there are three. */
export function classSizes(count: number): SplitCounts {
  if (count < 3) return { train: Math.min(1, count), val: 0, test: Math.max(0, count - 1) }
  const val = Math.max(1, Math.round(count * 0.1))
  const test = Math.max(1, Math.round(count * 0.2))
  return { train: count - val - test, val, test }
}

/** A part for each of `members` (record numbers), drawn by the seed: written into `parts` as an index of PARTS. */
export function assignParts(members: number[], sizes: SplitCounts, seed: number, parts: Uint8Array): void {
  const order = createRng(seed).shuffle([...members])
  order.forEach((record, i) => {
    parts[record] = i < sizes.train ? 0 : i < sizes.train + sizes.val ? 1 : 2
  })
}
