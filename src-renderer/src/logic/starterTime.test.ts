import { expect, it } from 'vitest'
import type { Starter } from '@shared/contract/schemas.ts'
import { starters } from '@shared/starter/index.ts'
import { starterTime, timesText } from './starterTime.ts'
import { testRun } from './testing/run.ts'

const [stories, instructions, messages] = starters as [Starter, Starter, Starter]
const gpu = { kind: 'gpu', threads: 1 } as const
const software = { kind: 'software', threads: 1 } as const

it('reckons a range for every set, and says that it is one', () => {
  for (const starter of [stories, instructions, messages]) {
    for (const hardware of [gpu, software, { kind: 'cpu', threads: 2 } as const]) {
      const { low, high, reason } = starterTime(starter, stories, { hardware, adapter: null, runs: [] })
      expect(low).toBeGreaterThan(0)
      expect(high / low).toBeGreaterThan(1.5)
      expect(reason).toMatch(/^Reckoned for a (Pocket|Tiny) model/)
    }
  }
})

it('takes the speed that a run reached here', () => {
  const run = testRun({
    name: 'calm-otter',
    kind: 'pretrain',
    backend: { kind: 'webgpu', adapter: 'Some GPU' },
    elapsedMs: 60_000,
    tokensSeen: 2_000_000,
  })
  expect(starterTime(stories, stories, { hardware: gpu, adapter: 'Some GPU', runs: [run] }).reason).toContain(
    'Measured on this computer in “calm-otter”',
  )
  expect(starterTime(stories, stories, { hardware: gpu, adapter: 'Another GPU', runs: [run] }).reason).toContain(
    'Reckoned',
  )
})

it('adds the times of several trainings', () => {
  const one = { low: 60_000, high: 120_000 }
  expect(timesText([one, one]).replaceAll('\u202f', ' ')).toBe('2 to 4 min')
})
