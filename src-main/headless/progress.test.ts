import { expect, test } from 'vitest'
import { duration, Progress, progressLine } from './progress.ts'

test('durations', () => {
  expect([0, 65, 3600, 7627].map(duration)).toEqual(['0:00', '1:05', '1:00:00', '2:07:07'])
})

test('a line holds step, losses, speed and time left', () => {
  const row = { step: 50, elapsedMs: 5000, loss: 3.21, tokensPerSecond: 12345.6 }
  expect(progressLine(row, 200, 3.5, 100)).toBe(
    'step 50/200 [#####...............]  loss 3.2100  val 3.5000  12,346 tokens/s  0:15 left',
  )
})

test('elsewhere than on a terminal it writes plain lines, and few', () => {
  const written: string[] = []
  const progress = new Progress(100, { write: (text) => written.push(text) })
  progress.rows([{ step: 0, elapsedMs: 0, valLoss: 4 }])
  progress.rows(Array.from({ length: 100 }, (_, i) => ({ step: i + 1, elapsedMs: (i + 1) * 10, loss: 3 })))
  expect(written.length).toBe(11)
  expect(written.join('')).not.toContain('\r')
  expect(written.at(-1)).toContain('step 100/100')
})

test('on a terminal the line renews itself', () => {
  const written: string[] = []
  const progress = new Progress(10, { isTTY: true, write: (text) => written.push(text) })
  progress.rows([{ step: 1, elapsedMs: 10, loss: 3 }])
  progress.say('saved')
  expect(written[0]!.startsWith('\r')).toBe(true)
  expect(written.slice(1).join('')).toBe('\nsaved\n')
})
