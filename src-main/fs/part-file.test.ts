import { readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { LIMITS } from '@shared/contract/limits.ts'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { PartFile, type Body } from './part-file.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
async function* chunks(...texts: string[]): Body {
  for (const text of texts) yield bytes(text)
}
async function* failing(text: string, error: Error): Body {
  yield bytes(text)
  throw error
}
const newPart = async (maxBytes = 100) => PartFile.create(join(await tempDir(), 'sub/file'), maxBytes)

it('grows by parts and hashes what it holds', async () => {
  const part = await newPart()
  expect(await part.append(0, chunks('ab', 'c'))).toBe(3)
  expect(await part.append(3, chunks('def'))).toBe(6)
  expect(await readFile(part.path, 'utf8')).toBe('abcdef')
  expect(part.sha256()).toBe(createHash('sha256').update('abcdef').digest('hex'))
})

it.each([0, 2, 4])('refuses a part at offset %i and names the right one', async (offset) => {
  const part = await newPart()
  await part.append(0, chunks('abc'))
  await expect(part.append(offset, chunks('x'))).rejects.toMatchObject({
    code: 'bad_request',
    details: { expectedOffset: 3 },
  })
})

it('keeps nothing of a part that fails half-way, so that it can be sent again', async () => {
  const part = await newPart()
  await part.append(0, chunks('abc'))
  await expect(part.append(3, failing('de', new Error('gone')))).rejects.toThrow('gone')
  expect(await readFile(part.path, 'utf8')).toBe('abc')
  await part.append(3, chunks('def'))
  expect(part.sha256()).toBe(createHash('sha256').update('abcdef').digest('hex'))
})

it('refuses more than was announced and parts over the limit', async () => {
  const part = await newPart(4)
  await expect(part.append(0, chunks('abc', 'de'))).rejects.toMatchObject({ code: 'too_large' })
  expect(part.size).toBe(0)
  const big = await newPart(Number.MAX_SAFE_INTEGER)
  const body = (async function* (): Body {
    for (let sent = 0; sent <= LIMITS.partBytes; sent += 1024 * 1024) yield new Uint8Array(1024 * 1024)
  })()
  await expect(big.append(0, body)).rejects.toMatchObject({ code: 'too_large' })
  expect((await readFile(big.path)).length).toBe(0)
})

it('takes one part at a time', async () => {
  const part = await newPart()
  let release = () => {}
  const gate = new Promise<void>((done) => (release = done))
  const held = (async function* (): Body {
    await gate
    yield bytes('abc')
  })()
  const first = part.append(0, held)
  await expect(part.append(0, chunks('x'))).rejects.toMatchObject({ code: 'busy' })
  release()
  expect(await first).toBe(3)
})
