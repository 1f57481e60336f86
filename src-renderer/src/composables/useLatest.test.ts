import { expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { useLatest } from './useLatest.ts'

it('keeps the newest answer, whichever comes first', async () => {
  const question = ref<string | null>('a')
  const open = new Map<string, (answer: string) => void>()
  const scope = effectScope()
  const asked = scope.run(() =>
    useLatest(
      () => question.value,
      (one) => new Promise<string>((resolve) => open.set(one, resolve)),
      0,
    ),
  )
  if (!asked) throw new Error('no scope')
  await vi.waitFor(() => expect(open.has('a')).toBe(true))
  question.value = 'b'
  await vi.waitFor(() => expect(open.has('b')).toBe(true))
  open.get('b')?.('answer b')
  await vi.waitFor(() => expect(asked.answer.value).toBe('answer b'))
  open.get('a')?.('answer a')
  await Promise.resolve()
  expect(asked.answer.value).toBe('answer b')
  expect(asked.pending.value).toBe(false)
  scope.stop()
})

it('keeps the old answer beside an error, and asks nothing for null', async () => {
  const question = ref<number | null>(1)
  const scope = effectScope()
  const ask = vi.fn((one: number) => (one === 2 ? Promise.reject(new Error('no two')) : Promise.resolve(one)))
  const asked = scope.run(() => useLatest(() => question.value, ask, 0))
  if (!asked) throw new Error('no scope')
  await vi.waitFor(() => expect(asked.answer.value).toBe(1))
  question.value = 2
  await vi.waitFor(() => expect(asked.error.value?.message).toBe('no two'))
  expect(asked.answer.value).toBe(1)
  question.value = null
  await vi.waitFor(() => expect(asked.pending.value).toBe(false))
  expect(ask).toHaveBeenCalledTimes(2)
  scope.stop()
})
