import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { metricSchema, type Metric } from '@shared/contract/schemas.ts'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { createStepLog } from './step-log.ts'

const row = (step: number, loss?: number): Metric => ({
  step,
  elapsedMs: step,
  ...(loss === undefined ? {} : { loss }),
})
const rows = (from: number, to: number, loss: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => row(from + i, loss))
const steps = (metrics: Metric[]) => metrics.map(({ step }) => step)

async function open() {
  const log: string[] = []
  const file = join(await tempDir(), 'metrics.jsonl')
  const create = () =>
    createStepLog({ schema: metricSchema, key: ({ step }) => String(step), log: (line) => log.push(line) })
  return { file, log, create, steplog: create() }
}

it('appends, and reads nothing where there is no file', async () => {
  const { steplog, file } = await open()
  expect(await steplog.read(file)).toEqual([])
  await steplog.append(file, rows(1, 3, 2))
  await steplog.append(file, [])
  await steplog.append(file, rows(4, 5, 1))
  expect(steps(await steplog.read(file))).toEqual([1, 2, 3, 4, 5])
})

it('completes a row by a later one of the same step', async () => {
  const { steplog, file } = await open()
  await steplog.append(file, rows(1, 2, 2))
  await steplog.append(file, [{ step: 2, elapsedMs: 9, valLoss: 3 }])
  expect(await steplog.read(file)).toEqual([row(1, 2), { step: 2, elapsedMs: 9, loss: 2, valLoss: 3 }])
})

it('replaces what a resumed run does again, in this session and after a restart', async () => {
  const { steplog, create, file } = await open()
  await steplog.append(file, rows(1, 8, 2))
  await steplog.append(file, rows(5, 6, 1))
  expect(await steplog.read(file)).toEqual([...rows(1, 4, 2), ...rows(5, 6, 1)])
  const later = create()
  await later.append(file, rows(3, 3, 0))
  expect(await later.read(file)).toEqual([...rows(1, 2, 2), row(3, 0)])
})

it('passes over the line that a kill cut off, and appends after it', async () => {
  const { steplog, create, file, log } = await open()
  await steplog.append(file, rows(1, 2, 2))
  await appendFile(file, '{"step":3,"elap')
  const later = create()
  await later.append(file, [row(3, 1)])
  expect(await later.read(file)).toEqual([...rows(1, 2, 2), row(3, 1)])
  expect(log).toEqual([expect.stringContaining('1 unreadable line')])
  expect(await readFile(file, 'utf8')).not.toContain('elap"')
})

it('keeps the order of appends made at once', async () => {
  const { steplog, file } = await open()
  await Promise.all(Array.from({ length: 20 }, (_, i) => steplog.append(file, [row(i + 1, i)])))
  expect(await steplog.read(file)).toEqual(Array.from({ length: 20 }, (_, i) => row(i + 1, i)))
})
