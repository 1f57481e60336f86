import { expect, it } from 'vitest'
import { auditPairs, auditTexts } from './recordAudit.ts'

const ids = (n: number, id = 1) => Array.from({ length: n }, () => id)

it('counts pairs that fit, are cut, and have nothing left to learn', () => {
  const pairs = [
    { ids: ids(20), promptLength: 10 },
    { ids: ids(40), promptLength: 20 },
    { ids: ids(60), promptLength: 50 },
  ]
  const audit = auditPairs(pairs, 32, null)
  expect(audit).toMatchObject({ total: 3, usable: 2, cut: 1, nothing: 1, longest: 32, tokens: 120, unknown: 0 })
  expect(audit.lostShare).toBeCloseTo(2 / 3)
})

it('loses nothing where the context is long enough', () => {
  const audit = auditPairs([{ ids: ids(20), promptLength: 10 }], 128, null)
  expect(audit).toMatchObject({ usable: 1, cut: 0, nothing: 0, lostShare: 0, longest: 24 })
})

it('counts texts that are cut, and characters the vocabulary lacks', () => {
  const audit = auditTexts([ids(10, 0), ids(50)], 32, 0)
  expect(audit).toMatchObject({ total: 2, usable: 2, cut: 1, nothing: 0, unknown: 10, tokens: 60, lostShare: 0.5 })
})

it('knows an empty set', () => {
  expect(auditPairs([], 32, null)).toMatchObject({ total: 0, usable: 0, lostShare: 0 })
})
