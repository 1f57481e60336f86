import { expect, it } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { freeBytes, requireSpace } from './disk.ts'

it('reads the free space of a real disk', async () => {
  expect(await freeBytes(await tempDir())).toBeGreaterThan(0)
})

it('refuses what would leave less than the reserve, with both numbers', async () => {
  const free = async () => 200e6
  await expect(requireSpace('/', 100e6, 'this checkpoint', free)).resolves.toBeUndefined()
  await expect(requireSpace('/', 150e6, 'this checkpoint', free)).rejects.toMatchObject({
    code: 'disk_full',
    message: 'The disk has 200 MB free; this checkpoint needs 218 MB.',
    details: { freeBytes: 200e6, neededBytes: 150e6 + 64 * 1024 * 1024 },
  })
})
