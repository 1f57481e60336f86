import { expect, it } from 'vitest'
import { runName } from './run-names.ts'

it('is the same for the same seed and another where it is taken', () => {
  const name = runName('seed', new Set())
  expect(runName('seed', new Set())).toBe(name)
  expect(name).toMatch(/^[a-z]+-[a-z]+$/)
  expect(runName('seed', new Set([name]))).not.toBe(name)
})

it('never repeats one, and always has one', () => {
  const taken = new Set<string>()
  for (let i = 0; i < 500; i++) taken.add(runName('seed', taken))
  expect(taken.size).toBe(500)
})
