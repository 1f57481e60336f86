import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { createContext } from './context.ts'
import { createSources } from './sources.ts'

async function open() {
  const dataDir = await tempDir()
  return { dataDir, sources: createSources(createContext(dataDir, () => {})) }
}
async function* body(text: string) {
  yield new TextEncoder().encode(text)
}

it('gives an upload only when it is whole, and deletes its copy', async () => {
  const { sources } = await open()
  const source = await sources.handlers['sources.create']({ name: 'a.txt', bytes: 6 })
  expect(() => sources.get(source.id)).toThrow('0 of 6 bytes')
  await sources.receive(source.id, 0, body('abc'))
  expect(() => sources.get(source.id)).toThrow('3 of 6 bytes')
  await sources.receive(source.id, 3, body('def'))
  const { path, source: same } = sources.get(source.id)
  expect(same).toEqual(source)
  expect(await readFile(path, 'utf8')).toBe('abcdef')
  await sources.remove(source.id)
  await expect(readFile(path)).rejects.toThrow('ENOENT')
  expect(() => sources.get(source.id)).toThrow(expect.objectContaining({ code: 'not_found' }))
})

it('has an empty file at once', async () => {
  const { sources } = await open()
  const { id } = await sources.handlers['sources.create']({ name: 'empty.txt', bytes: 0 })
  expect(await readFile(sources.get(id).path, 'utf8')).toBe('')
})

it.each([
  ['/etc/passwd', 'passwd'],
  ['..\\..\\a.txt', 'a.txt'],
  ['  ', 'file'],
  ['a/', 'file'],
])('calls %j %j', async (name, plain) => {
  const { sources } = await open()
  expect((await sources.handlers['sources.create']({ name, bytes: 0 })).name).toBe(plain)
})

it('reads a registered file where it lies, and never touches it', async () => {
  const { sources, dataDir } = await open()
  const path = join(dataDir, 'mine.txt')
  await writeFile(path, 'mine')
  const source = await sources.registerPath(path)
  expect(sources.get(source.id)).toEqual({ source: { id: source.id, name: 'mine.txt', bytes: 4 }, path })
  expect(() => sources.receive(source.id, 4, body('x'))).toThrow('nothing is sent')
  await sources.remove(source.id)
  expect(await readFile(path, 'utf8')).toBe('mine')
})

it('registers no folder', async () => {
  const { sources, dataDir } = await open()
  await mkdir(join(dataDir, 'folder'))
  await expect(sources.registerPath(join(dataDir, 'folder'))).rejects.toMatchObject({ code: 'unsupported' })
  await symlink('loop.txt', join(dataDir, 'loop.txt'))
  await expect(sources.registerPath(join(dataDir, 'loop.txt'))).rejects.toMatchObject({
    code: 'io',
    message: 'loop.txt cannot be opened: it is a link that leads back to itself.',
  })
  await expect(sources.registerPath(join(dataDir, 'x'.repeat(300)))).rejects.toMatchObject({
    message: expect.stringContaining('its path is too long'),
  })
  await expect(sources.registerPath(join(dataDir, 'gone.txt'))).rejects.toMatchObject({
    message: 'gone.txt cannot be opened: it is no longer where it was.',
  })
})

it('takes up what still waits for its import when it is opened anew, and frees the rest', async () => {
  const { sources, dataDir } = await open()
  const create = sources.handlers['sources.create']
  const whole = await create({ name: 'whole.txt', bytes: 6 })
  const half = await create({ name: 'half.txt', bytes: 6 })
  const other = await create({ name: 'other.txt', bytes: 6 })
  const cut = await create({ name: 'cut off.txt', bytes: 6 })
  for (const { id } of [whole, other, cut]) await sources.receive(id, 0, body('abcdef'))
  await sources.receive(half.id, 0, body('abc'))
  const mine = join(dataDir, 'mine.txt')
  await writeFile(mine, 'mine')
  const registered = await sources.registerPath(mine)
  await writeFile(mine, 'mine, and more')
  const inUse = sources.get(cut.id).path

  const again = createSources(createContext(dataDir, () => {}))
  const waiting = [whole, half, registered, cut].map(({ id }) => id)
  expect(await again.recover(waiting, new Set([inUse]))).toEqual(new Set([whole.id, registered.id]))
  expect(await readFile(again.get(whole.id).path, 'utf8')).toBe('abcdef')
  expect(again.get(registered.id)).toEqual({ source: { ...registered, bytes: 14 }, path: mine })
  for (const { id } of [half, other, cut]) expect(() => again.get(id)).toThrow('no longer at hand')
  expect((await readdir(join(dataDir, 'uploads'))).sort()).toEqual(
    [whole.id, `${whole.id}.json`, `${registered.id}.json`, cut.id].sort(),
  )
  await again.remove(whole.id)
  await again.remove(registered.id)
  expect(await readdir(join(dataDir, 'uploads'))).toEqual([cut.id])
  expect(await readFile(mine, 'utf8')).toBe('mine, and more')
})
