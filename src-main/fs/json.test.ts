import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { tempDir } from '../testing/studio.ts'
import { readJson, writeJson } from './json.ts'

const schema = v.object({ a: v.number() })

it('reads what it wrote, and null where there is nothing', async () => {
  const file = join(await tempDir(), 'x.json')
  expect(await readJson(file, schema, () => {})).toBeNull()
  await writeJson(file, { a: 1 })
  expect(await readJson(file, schema, () => {})).toEqual({ a: 1 })
})

it.each([
  ['cut off', '{"a":'],
  ['of another shape', '{"a":"one"}'],
])('sets a file aside that is %s', async (_, text) => {
  const folder = await tempDir()
  const file = join(folder, 'x.json')
  await writeFile(file, text)
  const log: string[] = []
  expect(await readJson(file, schema, (line) => log.push(line))).toBeNull()
  expect(await readdir(folder)).toEqual(['x.json.corrupt'])
  expect(log).toEqual([expect.stringContaining('x.json.corrupt')])
})
