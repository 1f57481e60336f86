import type { TrainState } from '@shared/contract/schemas.ts'
import { mix32, permutation } from '@shared/random/permutation.ts'

/** Position in the data order: an epoch and the number of its examples already used. */
export type Cursor = TrainState['cursor']

/** One example of a batch: the epoch it belongs to, and its number within that epoch's examples. */
export interface Pick {
  epoch: number
  example: number
}

/** Number of examples in an epoch, at least 1. */
type SizeOf = (epoch: number) => number

/**
 * The next `n` examples in the seeded order of their epochs. Every example comes once per epoch; a batch may reach into the
 * next one, so that all batches are full. A pure function of its arguments: a resumed run takes the same examples.
 */
export function takeExamples(cursor: Cursor, n: number, seed: number, sizeOf: SizeOf): Pick[] {
  const picks: Pick[] = []
  let { epoch, index } = cursor
  let at = permutation(sizeOf(epoch), mix32(seed, epoch))
  while (picks.length < n) {
    if (index >= sizeOf(epoch)) {
      epoch++
      index = 0
      at = permutation(sizeOf(epoch), mix32(seed, epoch))
    }
    picks.push({ epoch, example: at(index++) })
  }
  return picks
}

/** The cursor `n` examples further on. */
export function advanceCursor(cursor: Cursor, n: number, sizeOf: SizeOf): Cursor {
  let { epoch, index } = cursor
  index += n
  for (let size = sizeOf(epoch); index >= size; size = sizeOf(epoch)) {
    index -= size
    epoch++
  }
  return { epoch, index }
}
