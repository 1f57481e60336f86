import { expect, it } from 'vitest'
import { engineNeed, firstNeed } from './trainingNeeds.ts'
import { testRun } from './testing/run.ts'

const ready = { state: 'ready', active: null, wrongFields: [] } as const

it('needs nothing when the engine is ready and idle', () => {
  expect(engineNeed(ready)).toBeNull()
})

it('names a wrong field first, and where it is', () => {
  const wrongFields = [{ target: 'setting-steps', label: 'Length' }]
  expect(engineNeed({ ...ready, state: 'starting', wrongFields })).toEqual({
    text: 'Mend “Length”',
    target: 'setting-steps',
  })
})

it('waits for another run, and leads to it', () => {
  expect(engineNeed({ ...ready, active: testRun({ kind: 'instruct' }) })).toMatchObject({ stage: 'instruct' })
  expect(engineNeed({ ...ready, state: 'unavailable' })?.text).toContain('no engine')
})

it('takes the first need', () => {
  expect(firstNeed(null, { text: 'a' }, { text: 'b' })).toEqual({ text: 'a' })
  expect(firstNeed(null, null)).toBeNull()
})
