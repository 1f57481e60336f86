import { expect, it } from 'vitest'
import { classScores, confusionCells } from './confusion.ts'

const matrix = [
  [8, 2, 0],
  [1, 9, 0],
  [0, 0, 0],
]

it('gives every cell its share of the true class', () => {
  const cells = confusionCells(matrix)
  expect(cells[0]?.[1]).toEqual({ row: 0, column: 1, count: 2, share: 0.2 })
  expect(cells[2]?.[2]).toEqual({ row: 2, column: 2, count: 0, share: 0 })
})

it('scores a class', () => {
  const scores = classScores(matrix, 1)
  expect(scores.precision).toBeCloseTo(9 / 11, 12)
  expect(scores.recall).toBe(0.9)
  expect(scores.f1).toBeCloseTo((2 * (9 / 11) * 0.9) / (9 / 11 + 0.9), 12)
  expect(scores.support).toBe(10)
})

it('has no score for a class that neither occurs nor was predicted', () => {
  expect(classScores(matrix, 2)).toEqual({ precision: null, recall: null, f1: null, support: 0 })
})
