import { expect, test } from 'vitest'
import type { Metric } from '@shared/contract/schemas.ts'
import { Recorder } from './recorder.ts'
import { Stopwatch, Throughput } from './stopwatch.ts'
import { MemoryIo } from './testing/memory-io.ts'

function setUp() {
  let clock = 0
  const io = new MemoryIo()
  const shown: { at: number; rows: Metric[] }[] = []
  const recorder = new Recorder(
    io,
    { metrics: (rows) => shown.push({ at: clock, rows }), sample: () => {} },
    () => clock,
  )
  return { io, shown, recorder, tick: (ms: number) => (clock += ms) }
}

test('shows at most five times a second, stores once a second, loses nothing', async () => {
  const { io, shown, recorder, tick } = setUp()
  let appends = 0
  const append = io.append.bind(io)
  io.append = (...args) => (appends++, append(...args))
  for (let step = 1; step <= 300; step++) {
    tick(10)
    await recorder.step({ step, elapsedMs: step * 10 }, { step })
  }
  await recorder.flush({ status: 'finished' })
  expect(shown.length).toBeLessThanOrEqual(16)
  expect(appends).toBeLessThanOrEqual(4)
  expect(shown.flatMap((s) => s.rows.map((r) => r.step))).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
  expect(io.metrics.size).toBe(300)
  expect(io.run).toEqual({ step: 300, status: 'finished' })
})

test('a failed write is told, and its rows go out with the next', async () => {
  const { io, recorder, tick } = setUp()
  const append = io.append.bind(io)
  io.append = () => Promise.reject(new Error('no room'))
  await recorder.step({ step: 1, elapsedMs: 0 }, { step: 1 })
  tick(2000)
  await expect(recorder.step({ step: 2, elapsedMs: 0 }, { step: 2 })).rejects.toThrow('no room')
  io.append = append
  await recorder.flush()
  expect([...io.metrics.keys()]).toEqual([1, 2])
  expect(io.run.step).toBe(2)
})

test('a stopwatch leaves pauses out, the rate looks at the last seconds', () => {
  let clock = 0
  const watch = new Stopwatch(500, () => clock)
  watch.start()
  clock = 100
  watch.stop()
  clock = 10_000
  watch.start()
  clock += 50
  expect(watch.elapsed).toBe(650)

  const rate = new Throughput(0, 1000)
  expect(rate.add(100, 10)).toBeCloseTo(100)
  for (let at = 200; at <= 3000; at += 100) rate.add(at, 50)
  expect(rate.add(3100, 50)).toBeCloseTo(500)
})
