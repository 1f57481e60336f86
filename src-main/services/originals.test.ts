import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Dataset } from '@shared/contract/schemas.ts'
import { comparedOriginal } from './originals.ts'

const folder = mkdtempSync(join(tmpdir(), 'gradus-originals-'))
afterAll(() => rmSync(folder, { recursive: true }))

const text = 'The same words as before.\n'
const source: Dataset['sources'][number] = {
  name: 'tale.txt',
  bytes: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
  kind: 'text',
  encoding: 'utf-8',
}
function handedOver(content: string) {
  const path = join(folder, 'now.txt')
  writeFileSync(path, content)
  return { name: 'now.txt', bytes: content.length, path }
}

it('tells by size and hash whether a file is what was imported', async () => {
  expect(await comparedOriginal(source, handedOver(text))).toEqual({ file: 'tale.txt', state: 'same', message: '' })
  const longer = await comparedOriginal(source, handedOver(`${text}More.`))
  expect(longer).toMatchObject({ state: 'changed' })
  expect(longer.message).toContain('it had 26 bytes, this one has 31 bytes')
  const other = await comparedOriginal(source, handedOver(text.replace('words', 'sword')))
  expect(other.message).toMatch(/its SHA-256 is [0-9a-f]{12}…, not [0-9a-f]{12}….*copy of its own/)
})

it('knows of a sample no more than the size of the whole', async () => {
  const sampled = { ...source, sample: { of: 31, from: 'start' as const } }
  expect((await comparedOriginal(sampled, handedOver(`${text}More.`))).state).toBe('unknown')
  expect((await comparedOriginal(sampled, handedOver(text))).state).toBe('changed')
})
