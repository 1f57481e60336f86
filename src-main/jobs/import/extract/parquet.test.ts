import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer'
import { expect, onTestFinished, test } from 'vitest'
import { errorOf } from '../../testing/data-studio.ts'
import { openParquet } from './parquet.ts'

const signal = new AbortController().signal
const table = (columnData: ColumnSource[], rowGroupSize = 100) =>
  Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize }))

async function open(bytes: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-parquet-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'file')
  await writeFile(path, bytes)
  return openParquet(path, 'a.parquet')
}

const FILE = table([
  { name: 'text', data: Array.from({ length: 250 }, (_, i) => `Text ${i} é 中`), type: 'STRING' },
  { name: 'stars', data: Array.from({ length: 250 }, (_, i) => BigInt(i % 5)), type: 'INT64' },
  { name: 'rest', data: Array.from({ length: 250 }, () => 'unused'), type: 'STRING' },
])

test('columns, rows, the first of them, and all of them by row group with their numbers', async () => {
  const { columns, rows, first, groups } = await open(FILE)
  expect(columns).toEqual(['text', 'stars', 'rest'])
  expect(rows).toBe(250)
  expect(await first(2)).toEqual([
    { text: 'Text 0 é 中', stars: 0, rest: 'unused' },
    { text: 'Text 1 é 中', stars: 1, rest: 'unused' },
  ])
  const sizes: number[] = []
  let line = 0
  for await (const group of groups(['text', 'stars'], { signal })) {
    sizes.push(group.length)
    for (const row of group) {
      expect(row).toEqual({ line: ++line, record: { text: `Text ${line - 1} é 中`, stars: (line - 1) % 5 } })
    }
  }
  expect(sizes).toEqual([100, 100, 50])
})

test('lists of messages come out as lists', async () => {
  const messages = [
    [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ],
  ]
  const { first } = await open(table([{ name: 'messages', data: messages, type: 'JSON' }]))
  expect(await first(1)).toEqual([{ messages: messages[0] }])
})

// Single bytes are not changed here: the library loops over counts that a hostile file claims, which is why such files are looked at in
// a thread with a time limit (services/probe.ts).
test('a file cut anywhere ends in a readable error', async () => {
  const small = table([{ name: 'text', data: ['one', 'two', 'three'], type: 'STRING' }])
  for (let end = 4; end < small.length; end += 3) {
    const error = await errorOf(open(small.subarray(0, end)).then((opened) => opened.first(3)))
    expect(error).toMatchObject({ code: 'corrupt', message: 'a.parquet is damaged and cannot be opened.' })
  }
})
