import { expect, it } from 'vitest'
import { trainStepFlops } from '@shared/model/flops.ts'
import { speedOf } from '@shared/model/hardware.ts'
import { parameterCount } from '@shared/model/memory.ts'
import { presetConfig } from '@shared/model/presets.ts'
import { testRun } from './testing/run.ts'
import { timeText, trainingTime, type TrainedOn } from './trainingTime.ts'

const tiny = { ...presetConfig('tiny', 1024), nPositions: 128 }
const amount = { steps: 200, batchSize: 8, accumulation: 1 }
/** Half as many steps in ten seconds. */
const run = testRun({
  name: 'calm-otter',
  config: tiny,
  tokensSeen: 100 * 8 * 128,
  elapsedMs: 10_000,
  backend: { kind: 'webgpu', adapter: 'swiftshader' },
})
const on = (more: Partial<TrainedOn> = {}): TrainedOn => ({
  hardware: { kind: 'software', threads: 1 },
  adapter: 'swiftshader',
  runs: [run],
  ...more,
})
const middle = ({ low, high }: { low: number; high: number }) => Math.sqrt(low * high)

it('takes the time from what was measured on the same adapter', () => {
  const same = trainingTime(tiny, amount, on())
  expect(same.from).toBe('calm-otter')
  expect(middle(same)).toBeCloseTo(20_000, 3)
  expect(middle(trainingTime(tiny, { ...amount, accumulation: 3 }, on()))).toBeCloseTo(60_000, 3)

  const small = { ...tiny, nLayer: 8 }
  const factor = trainStepFlops(small, 8, 128) / trainStepFlops(tiny, 8, 128)
  expect(middle(trainingTime(small, amount, on()))).toBeCloseTo(20_000 * factor, 3)
})

it('reckons in a wider range where nothing comparable was measured, and says so', () => {
  const measured = trainingTime(tiny, amount, on())
  const book = presetConfig('book', 1024)
  expect(parameterCount(book) / parameterCount(tiny)).toBeGreaterThan(10)
  for (const reckoned of [
    trainingTime(tiny, amount, on({ runs: [] })),
    trainingTime(tiny, amount, on({ adapter: 'apple metal-3' })),
    trainingTime(tiny, amount, on({ runs: [{ ...run, elapsedMs: 500 }] })),
    trainingTime(book, amount, on()),
  ]) {
    expect(reckoned.from).toBeNull()
    expect(reckoned.high / reckoned.low).toBeGreaterThan(measured.high / measured.low)
  }
  const { flops } = speedOf({ kind: 'software', threads: 1 })
  const expected = (1000 * 200 * trainStepFlops(tiny, 8, 128)) / flops
  expect(middle(trainingTime(tiny, amount, on({ runs: [] })))).toBeCloseTo(expected, 3)
  const card = trainingTime(tiny, amount, on({ runs: [], hardware: { kind: 'gpu', threads: 1 } }))
  expect(card.high / card.low).toBeCloseTo(64, 6)
})

it('says no more than it knows', () => {
  const plain = (low: number, high: number) => timeText({ low, high }).replaceAll('\u202f', ' ')
  expect(plain(122_000, 490_000)).toBe('2 to 8 min')
  expect(plain(3000, 44_000)).toBe('10 to 40 s')
  expect(plain(700_000, 4_000_000)).toBe('10 min to 1 h 5 min')
  expect(plain(100, 4000)).toBe('10 s')
})
