import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { call, testStudio } from '../testing/studio.ts'

it('projects are made, changed and still there after a restart', async () => {
  const { studio, dataDir } = await testStudio()
  const first = await call(studio, 'projects.create', { name: 'First' })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1000 })
  const second = await call(studio, 'projects.create', { name: 'Second' })
  const changed = await call(studio, 'projects.update', { id: first.id, patch: { name: 'Renamed', preset: 'tiny' } })
  vi.useRealTimers()
  expect(changed).toMatchObject({ id: first.id, name: 'Renamed', preset: 'tiny', createdAt: first.createdAt })
  expect(changed.updatedAt > first.updatedAt).toBe(true)
  await studio.close()
  const again = (await testStudio(dataDir)).studio
  expect(await call(again, 'projects.list', {})).toEqual([changed, second])
  expect(await call(again, 'projects.get', { id: second.id })).toEqual(second)
})

it('a project that is not there cannot be changed or deleted', async () => {
  const { studio } = await testStudio()
  const update = call(studio, 'projects.update', { id: 'nobody', patch: {} })
  await expect(update).rejects.toMatchObject({ code: 'not_found' })
  await expect(call(studio, 'projects.delete', { id: 'nobody' })).rejects.toMatchObject({ code: 'not_found' })
})

it('settings are kept, one at a time', async () => {
  const { studio, dataDir } = await testStudio()
  await Promise.all([
    call(studio, 'settings.set', { theme: 'dark' }),
    call(studio, 'settings.set', { backend: 'webgpu' }),
    call(studio, 'settings.set', { cpuThreads: 3 }),
  ])
  await studio.close()
  const again = (await testStudio(dataDir)).studio
  expect(await call(again, 'settings.get', {})).toEqual({ theme: 'dark', backend: 'webgpu', cpuThreads: 3 })
})

it('settings of an older version are read, with the new ones at their defaults', async () => {
  const { studio, dataDir } = await testStudio()
  await studio.close()
  await writeFile(join(dataDir, 'settings.json'), '{ "theme": "light", "backend": "cpu" }')
  const again = (await testStudio(dataDir)).studio
  expect(await call(again, 'settings.get', {})).toEqual({ theme: 'light', backend: 'cpu', cpuThreads: null })
})
