import { expect, it } from 'vitest'
import { Losses } from './losses.ts'

const MINUTE = 60_000

it('halves the portion at every second loss within ten minutes, down to an eighth', () => {
  let now = 0
  const losses = new Losses(() => now)
  const lose = (minutes: number) => {
    now += minutes * MINUTE
    losses.add()
    return losses.portion
  }
  expect(losses.portion).toBe(1)
  expect([lose(0), lose(11), lose(11)]).toEqual([1, 1, 1])
  expect(lose(5)).toBe(1 / 2)
  expect([lose(1), lose(1), lose(1), lose(1), lose(1), lose(1)]).toEqual([1 / 2, 1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 8])
})
