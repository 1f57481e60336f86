// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it, vi } from 'vitest'
import type { FileChoice } from '@shared/contract/desk.ts'
import { call } from '@/host/client.ts'
import { useDeskStore } from './desk.ts'

vi.mock('@/host/client.ts')

const choice = (delimiter: string): FileChoice => ({ reading: { delimiter }, roles: null, sample: null })
const told = () => vi.mocked(call).mock.calls.map(([, entry]) => entry)
/** Lets main's answer to the oldest call come. */
let answer: () => void

beforeEach(() => {
  setActivePinia(createPinia())
  vi.mocked(call)
    .mockReset()
    .mockImplementation(() => new Promise<never>((done) => (answer = () => done({} as never))))
})

it('tells main one thing after the other, and of what changed meanwhile only the newest', async () => {
  const { desk, put, drop } = useDeskStore()
  for (const delimiter of [',', ';', '|']) put('choices', 'a', choice(delimiter))
  put('choices', 'b', choice(','))
  drop('choices', 'b')
  expect(desk.choices).toEqual({ a: choice('|') })
  expect(told()).toEqual([{ part: 'choices', id: 'a', value: choice(',') }])
  answer()
  await vi.waitFor(() => expect(told()).toHaveLength(2))
  answer()
  await vi.waitFor(() => expect(told()).toHaveLength(3))
  expect(told().slice(1)).toEqual([
    { part: 'choices', id: 'a', value: choice('|') },
    { part: 'choices', id: 'b', value: null },
  ])
})

it('goes on telling after main could not be reached, and nothing where there is nothing to take off', async () => {
  const { put, drop } = useDeskStore()
  drop('choices', 'nothing')
  expect(told()).toEqual([])
  vi.mocked(call).mockRejectedValueOnce(new Error('gone'))
  put('choices', 'a', choice(','))
  put('choices', 'b', choice(','))
  await vi.waitFor(() => expect(told()).toHaveLength(2))
})
