import { expect, it } from 'vitest'
import { tokenIndexLength } from '@shared/model/tensors.ts'
import { TokenIndexer } from './token-index.ts'

/** token -> its rows, read back from the layout. */
function rowsOf(index: Uint32Array, M: number): Map<number, number[]> {
  const [ids, starts, order] = [index.subarray(1), index.subarray(1 + M), index.subarray(2 + 2 * M)]
  return new Map(Array.from({ length: index[0]! }, (_, s) => [ids[s]!, [...order.subarray(starts[s], starts[s + 1])]]))
}

it('lists the rows of every token that occurs, in ascending order', () => {
  const indexer = new TokenIndexer(10)
  const tokens = [3, 9, 3, 0, 3, 9]
  const index = new Uint32Array(tokenIndexLength(tokens.length))
  indexer.build(tokens, index)
  expect(rowsOf(index, 6)).toEqual(
    new Map([
      [3, [0, 2, 4]],
      [9, [1, 5]],
      [0, [3]],
    ]),
  )
})

it('forgets the batch before', () => {
  const indexer = new TokenIndexer(4)
  const index = new Uint32Array(tokenIndexLength(3))
  indexer.build([0, 1, 2], index)
  indexer.build([3, 3, 3], index)
  expect(rowsOf(index, 3)).toEqual(new Map([[3, [0, 1, 2]]]))
})
