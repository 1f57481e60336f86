import { expect, it } from 'vitest'
import { AppError } from '@shared/contract/errors.ts'
import { useAsync } from './useAsync.ts'

it('tells pending, then the result', async () => {
  const double = useAsync((n: number) => Promise.resolve(2 * n))
  const running = double.run(4)
  expect(double.pending.value).toBe(true)
  expect(await running).toBe(8)
  expect([double.pending.value, double.result.value, double.error.value]).toEqual([false, 8, null])
})

it('keeps the error as data and clears it at the next run', async () => {
  let fail = true
  const action = useAsync(() =>
    fail ? Promise.reject(new AppError({ code: 'busy', message: 'Busy.' })) : Promise.resolve('ok'),
  )
  expect(await action.run()).toBeUndefined()
  expect(action.error.value).toEqual({ code: 'busy', message: 'Busy.' })
  fail = false
  await action.run()
  expect(action.error.value).toBeNull()
})

it('runs once at a time', async () => {
  let runs = 0
  const action = useAsync(() => Promise.resolve(++runs))
  await Promise.all([action.run(), action.run()])
  expect(runs).toBe(1)
})
