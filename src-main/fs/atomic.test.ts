import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { TEMP_PREFIX, writeAtomic } from './atomic.ts'
import { removeFolder, removeTemps } from './temps.ts'

it('writes a file, makes its folder, replaces it, and leaves nothing else', async () => {
  const folder = join(await tempDir(), 'a/b')
  await writeAtomic(join(folder, 'x.json'), 'old')
  await writeAtomic(join(folder, 'x.json'), new TextEncoder().encode('new'))
  expect(await readFile(join(folder, 'x.json'), 'utf8')).toBe('new')
  expect(await readdir(folder)).toEqual(['x.json'])
})

it('leaves the old file and no temp where the new one cannot be put in place', async () => {
  const folder = await tempDir()
  // A folder of that name cannot be replaced by a file.
  await mkdir(join(folder, 'x.json/inside'), { recursive: true })
  await expect(writeAtomic(join(folder, 'x.json'), 'new')).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['x.json'])
})

it('removes temps at every depth of the data layout and nothing else', async () => {
  const folder = await tempDir()
  const checkpoints = join(folder, 'runs/r/checkpoints')
  await mkdir(join(checkpoints, `${TEMP_PREFIX}1`), { recursive: true })
  await mkdir(join(checkpoints, '00000001-ab'))
  await writeFile(join(checkpoints, `${TEMP_PREFIX}1/model.safetensors`), 'half')
  await writeFile(join(folder, `${TEMP_PREFIX}settings.json-1`), 'half')
  await writeFile(join(folder, 'settings.json'), 'whole')
  expect(await removeTemps(folder)).toBe(2)
  expect((await readdir(folder)).sort()).toEqual(['runs', 'settings.json'])
  expect(await readdir(checkpoints)).toEqual(['00000001-ab'])
})

it('removes a folder, and does not mind one that is not there', async () => {
  const folder = await tempDir()
  await mkdir(join(folder, 'run/checkpoints'), { recursive: true })
  await removeFolder(join(folder, 'run'))
  await removeFolder(join(folder, 'run'))
  expect(await readdir(folder)).toEqual([])
})
