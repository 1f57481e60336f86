import { describe, expect, it } from 'vitest'
import { curveAdvice, lossMeaning } from './lossMeaning.ts'

describe('lossMeaning', () => {
  it('says how many choices a loss stands for', () => {
    expect(lossMeaning(2.31, 512, 'next tokens')).toBe(
      'Loss 2.310 = like choosing among about 10 equally likely next tokens. Guessing would be among all 512.',
    )
    expect(lossMeaning(0.405, 3, 'classes')).toContain('about 1.5 equally likely classes')
  })
  it('says when it is worse than guessing', () => {
    expect(lossMeaning(1640, 512, 'next tokens')).toBe(
      'Loss 1640.000 is worse than guessing among all 512 next tokens, which costs 6.238.',
    )
    expect(lossMeaning(Math.log(512), 512, 'next tokens')).toContain('Guessing would be among all 512.')
  })
})

describe('curveAdvice', () => {
  it('is silent while all is well or too little is known', () => {
    expect(curveAdvice({ trainLoss: 2.3, valLoss: 2.4, bestValLoss: 2.4, bestStep: 100 })).toBeNull()
    expect(curveAdvice({ trainLoss: 2.3, valLoss: null, bestValLoss: null, bestStep: null })).toBeNull()
  })
  it('tells learning by heart, with the step of the best state', () => {
    expect(curveAdvice({ trainLoss: 1.1, valLoss: 2.6, bestValLoss: 2.4, bestStep: 1500 })).toContain('step 1,500')
  })
  it('tells a wide gap', () => {
    expect(curveAdvice({ trainLoss: 1.2, valLoss: 2.4, bestValLoss: 2.4, bestStep: 100 })).toContain('held-out')
  })
})
