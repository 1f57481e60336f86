import { describe, expect, test } from 'vitest'
import { collateTexts } from './class-batches.ts'
import { collatePairs, fitPairs } from './instruct-batches.ts'
import { fittingLength, rowEvaluation, rowTraining } from './rows.ts'

describe('pairs', () => {
  const END = 99
  const pair = (prompt: number[], answer: number[]) => ({
    ids: [...prompt, ...answer, END],
    promptLength: prompt.length,
  })

  test('masks the prompt and the padding, keeps the end token', () => {
    const { inputIds, labels } = collatePairs([pair([1, 2, 3], [4, 5]), pair([6], [7])], 3, 6, END)
    expect([...inputIds.subarray(0, 6)]).toEqual([1, 2, 3, 4, 5, END])
    expect([...labels.subarray(0, 6)]).toEqual([-100, -100, 4, 5, END, -100])
    expect([...inputIds.subarray(6, 12)]).toEqual([6, 7, END, END, END, END])
    expect([...labels.subarray(6, 12)]).toEqual([7, END, -100, -100, -100, -100])
    expect(labels.subarray(12).every((l) => l === -100)).toBe(true)
  })

  test('agrees with the plain definition on random rows', () => {
    let x = 12345
    const random = (n: number) => (x = (Math.imul(x, 1103515245) + 12345) >>> 1) % n
    const T = 9
    const pairs = Array.from({ length: 200 }, () => {
      const list = (n: number) => Array.from({ length: n }, () => random(50))
      return pair(list(1 + random(8)), list(random(8)))
    })
    const { rows, truncated, dropped } = fitPairs(pairs, T)
    // Independent of the code under test: which ids are kept, which are answer, which are both.
    const cut = pairs.map((p) =>
      Array.from(p.ids)
        .map((id, at) => ({ id, answer: at >= p.promptLength }))
        .slice(0, T + 1),
    )
    const usable = cut.filter((ids) => ids.some((x, at) => x.answer && at > 0))
    expect(truncated).toBe(pairs.filter((p) => p.ids.length > T + 1).length)
    expect(dropped).toBe(pairs.length - usable.length)
    expect(rows.length).toBe(usable.length)
    const { inputIds, labels } = collatePairs(rows, rows.length, T, END)
    usable.forEach((ids, b) => {
      for (let t = 0; t < T; t++) {
        const target = ids[t + 1]
        expect(labels[b * T + t]).toBe(target?.answer ? target.id : -100)
        expect(inputIds[b * T + t]).toBe(t + 1 < ids.length ? ids[t]!.id : END)
      }
    })
  })
})

describe('texts', () => {
  test('cuts to the context, points at the last token, fills up with ignored rows', () => {
    const batch = collateTexts(
      [
        { ids: [1, 2], label: 1 },
        { ids: [3, 4, 5, 6, 7], label: 0 },
      ],
      3,
      4,
      9,
    )
    expect([...batch.inputIds]).toEqual([1, 2, 9, 9, 3, 4, 5, 6, 9, 9, 9, 9])
    expect([...batch.lastIndex]).toEqual([1, 3, 0])
    expect([...batch.labels]).toEqual([1, 0, -100])
  })
})

describe('rows', () => {
  const ids = Array.from({ length: 10 }, (_, i) => i)
  const collate = (rows: readonly number[]) => ({ inputIds: Int32Array.from(rows), labels: Int32Array.from(rows) })

  test('every row once per epoch, batches always full', async () => {
    const source = rowTraining(ids, 4, 3, () => 1, collate)
    let cursor = { epoch: 0, index: 0 }
    const seen: number[] = []
    for (let i = 0; i < 5; i++) {
      const { batch, tokens } = await source.at(cursor)
      expect(tokens).toBe(4)
      seen.push(...batch.inputIds)
      cursor = source.advance(cursor)
    }
    expect(cursor).toEqual({ epoch: 2, index: 0 })
    for (const epoch of [seen.slice(0, 10), seen.slice(10)]) expect(epoch.toSorted((a, b) => a - b)).toEqual(ids)
    expect(seen.slice(0, 10)).not.toEqual(seen.slice(10))
  })

  test('evaluation covers a small part whole and a large one evenly', async () => {
    const all = async (most: number) => {
      const set = rowEvaluation(ids, 4, most, collate)
      return (await Promise.all(Array.from({ length: set.length }, (_, i) => set.batch(i)))).flatMap((b) => [
        ...b.inputIds,
      ])
    }
    expect(await all(99)).toEqual(ids)
    expect(await all(1)).toEqual([0, 2, 5, 7])
    expect(rowEvaluation([], 4, 3, collate).length).toBe(0)
  })

  test('the length fits the longest row', () => {
    expect(fittingLength([3, 17], 64)).toBe(24)
    expect(fittingLength([100], 64)).toBe(64)
    expect(fittingLength([], 64)).toBe(8)
    expect(fittingLength([2], 5)).toBe(5)
  })
})
