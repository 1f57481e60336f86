import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readTextFile } from './text-file.ts'

let folder = ''
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'gradus-text-'))))
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes)
  return path
}

test('reads text and drops a byte order mark', async () => {
  expect(await readTextFile(await file('a.txt', '\ufeffé 中\n'))).toBe('é 中\n')
})

test.each([
  ['empty.txt', '', 'empty_file', 'empty.txt has no text'],
  ['spaces.txt', ' \n\t ', 'empty_file', 'spaces.txt'],
  ['unseen.txt', '\u200b\u200d\n\u2060', 'empty_file', 'unseen.txt has no text'],
  ['photo.txt', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]), 'binary_file', 'photo.txt'],
  ['latin1.txt', new Uint8Array([97, 10, 98, 10, 0xe9, 10]), 'bad_encoding', 'line 3'],
])('%s is refused by name', async (name, bytes, code, message) => {
  await expect(readTextFile(await file(name, bytes))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message) as string,
  })
})

test('a missing file and a folder', async () => {
  await expect(readTextFile(join(folder, 'no.txt'))).rejects.toMatchObject({ code: 'not_found' })
  await expect(readTextFile(folder)).rejects.toMatchObject({ code: 'bad_request' })
})
