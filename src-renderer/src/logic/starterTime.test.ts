import { expect, it } from 'vitest'
import type { Starter } from '@shared/contract/schemas.ts'
import { starters } from '@shared/starter/index.ts'
import { starterTime, timesText, timeText } from './starterTime.ts'
import { testRun } from './testing/run.ts'

const [stories, instructions, messages] = starters as [Starter, Starter, Starter]
const plain = (text: string) => text.replaceAll('\u202f', ' ')
const gpu = { kind: 'gpu', threads: 1 } as const
const software = { kind: 'software', threads: 1 } as const

it('reckons a range for every set, and says that it is one', () => {
  for (const starter of [stories, instructions, messages]) {
    for (const hardware of [gpu, software, { kind: 'cpu', threads: 2 } as const]) {
      const { low, high, reason } = starterTime(starter, stories, hardware, [], null)
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
  expect(starterTime(stories, stories, gpu, [run], 'Some GPU').reason).toContain(
    'Measured on this computer in “calm-otter”',
  )
  expect(starterTime(stories, stories, gpu, [run], 'Another GPU').reason).toContain('Reckoned')
})

it('says no more than it knows', () => {
  expect(plain(timeText({ low: 122_000, high: 490_000 }))).toBe('2 min to 8 min')
  expect(plain(timeText({ low: 3000, high: 44_000 }))).toBe('10 s to 40 s')
  expect(plain(timeText({ low: 700_000, high: 4_000_000 }))).toBe('10 min to 1 h 5 min')
  const one = { low: 60_000, high: 120_000, reason: '' }
  expect(plain(timesText([one, one]))).toBe('2 min to 4 min')
})
