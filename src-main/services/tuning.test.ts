import { expect, it } from 'vitest'
import { call, testStudio } from '../testing/studio.ts'

it('remembers the last eight adapters, also after a restart', async () => {
  const { studio, dataDir } = await testStudio()
  expect(await call(studio, 'tuning.get', { adapter: 'card 1' })).toEqual({ text: null })
  for (let i = 1; i <= 9; i++) await call(studio, 'tuning.set', { adapter: `card ${i}`, text: `old ${i}` })
  await call(studio, 'tuning.set', { adapter: 'card 2', text: 'new' })
  await studio.close()
  const again = (await testStudio(dataDir)).studio
  const texts = await Promise.all(
    [1, 2, 9].map(async (i) => (await call(again, 'tuning.get', { adapter: `card ${i}` })).text),
  )
  expect(texts).toEqual([null, 'new', 'old 9'])
})
