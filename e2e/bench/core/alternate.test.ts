import { expect, test } from 'vitest'
import { alternate, disagreementsOf } from './alternate.ts'
import type { Case, Contender, Missing } from './case.ts'

/** Writes down when it is called; each turn takes `ms`. */
function contender(name: string, log: string[], ms = 1): Contender {
  return {
    name,
    prepare: async () => void log.push(`${name} ready`),
    run: async (times) => {
      log.push(name)
      return { ms, values: Array.from({ length: times }, () => 1) }
    },
    dispose: async () => void log.push(`${name} gone`),
  }
}

const caseOf = (contenders: (Contender | Missing)[], given: Partial<Case> = {}): Case => ({
  id: 'x',
  title: 'X',
  contenders: async () => contenders,
  rounds: 9,
  warmUp: 1,
  times: 2,
  rates: [],
  budgetS: 100,
  ...given,
})

const pace = (rounds: number) => ({ rounds, settleMs: 0, wake: async () => {}, say: () => {} })

test('contenders take turns, first to warm up', async () => {
  const log: string[] = []
  const result = await alternate(caseOf([contender('A', log), contender('B', log)]), pace(2))
  expect(log).toEqual(['A ready', 'B ready', 'A', 'B', 'A', 'B', 'A', 'B', 'A gone', 'B gone'])
  expect(result.contenders.map(({ ms, values }) => [ms.length, values.length])).toEqual([
    [2, 6],
    [2, 6],
  ])
})

test('cores are woken before every turn', async () => {
  const log: string[] = []
  const wake = async () => void log.push('wake')
  await alternate(caseOf([contender('A', log), contender('B', log)]), { ...pace(1), wake })
  expect(log.slice(2, -2)).toEqual(['wake', 'A', 'wake', 'B', 'wake', 'A', 'wake', 'B'])
})

test('a slow one leaves after its budget, the others go on', async () => {
  const log: string[] = []
  const result = await alternate(caseOf([contender('A', log), contender('B', log, 600)], { budgetS: 3 }), pace(9))
  expect(result.contenders.map(({ ms }) => ms.length)).toEqual([9, 2])
})

test('one that is missing or fails to start is named with its reason', async () => {
  const broken: Contender = {
    ...contender('B', []),
    prepare: () => Promise.reject(new Error('page.evaluate: Error: no such driver\n  at x')),
  }
  const { contenders } = await alternate(
    caseOf([contender('A', []), broken, { name: 'C', missing: 'install C' }]),
    pace(1),
  )
  expect(contenders.map(({ missing }) => missing)).toEqual([undefined, 'no such driver', 'install C'])
})

test('one that breaks in its turn is named, and the others go on', async () => {
  const log: string[] = []
  const broken: Contender = { ...contender('B', log), run: () => Promise.reject(new Error('out of memory')) }
  const { contenders } = await alternate(caseOf([contender('A', log), broken]), pace(2))
  expect(contenders.map(({ ms, missing }) => [ms.length, missing])).toEqual([
    [2, undefined],
    [0, 'it broke: out of memory'],
  ])
  expect(log.slice(-2)).toEqual(['A gone', 'B gone'])
})

test('values that differ, or are no numbers, are named with their place', () => {
  const of = (name: string, values: number[]) => ({ name, ms: [1], values })
  const ours = of('ours', [4, 3, 2])
  expect(disagreementsOf([ours, of('same', [4.001, 3]), of('none', [])], 1e-3)).toEqual([])
  expect(disagreementsOf([ours, of('other', [4, 3.1, 2])], 1e-3)).toEqual(['other gives 3.1 at piece 2, ours gives 3'])
  expect(disagreementsOf([ours, of('broken', [NaN])], 1e-3)).toHaveLength(1)
  expect(disagreementsOf([ours, of('drifted', [4, 3.02, 2])], 1e-3, 1)).toEqual([])
  expect(disagreementsOf([ours, of('early', [4, 3.02, 2])], 1e-3, 2)).toHaveLength(1)
  expect(disagreementsOf([ours, of('wrong', [4, 3.1, 2])], 1e-3, 1)).toHaveLength(1)
})
