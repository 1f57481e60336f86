import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FreeList } from './free-list.ts'

describe('free list', () => {
  it('takes the first hole that is long enough, and joins neighbours again', () => {
    const list = new FreeList(100, 200)
    expect([list.take(30), list.take(30), list.take(30)]).toEqual([100, 130, 160])
    expect(list.take(20)).toBeNull()
    list.give(130, 30)
    expect(list.take(40)).toBeNull()
    list.give(100, 30)
    expect(list.take(60)).toBe(100)
    list.give(160, 30)
    list.give(100, 60)
    expect(list.take(100)).toBe(100)
  })

  it('never gives out the same place twice, and ends whole', () => {
    const actions = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 40 })), { maxLength: 60 })
    fc.assert(
      fc.property(actions, (steps) => {
        const list = new FreeList(0, 200)
        const taken: [number, number][] = []
        for (const [take, n] of steps) {
          if (take) {
            const start = list.take(n)
            if (start === null) continue
            expect(start + n).toBeLessThanOrEqual(200)
            for (const [s, size] of taken) expect(start >= s + size || start + n <= s).toBe(true)
            taken.push([start, n])
          } else if (taken.length) list.give(...taken.splice(n % taken.length, 1)[0]!)
        }
        for (const [s, size] of taken) list.give(s, size)
        expect(list.take(200)).toBe(0)
      }),
    )
  })
})
