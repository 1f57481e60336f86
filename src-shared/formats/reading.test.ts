import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CsvReader } from './csv.ts'
import { JsonArrayReader } from './json-array.ts'
import { JsonlReader } from './jsonl.ts'
import { LineSplitter } from './lines.ts'
import type { Row } from './read-record.ts'

interface Reader<T> {
  push(chunk: string): T[]
  end(): T[]
}

/** Feeds `text` in pieces of `size` characters. */
function readAll<T>(reader: Reader<T>, text: string, size = text.length || 1): T[] {
  const all: T[] = []
  for (let i = 0; i < text.length; i += size) all.push(...reader.push(text.slice(i, i + size)))
  return [...all, ...reader.end()]
}
const problems = <T>(rows: Row<T>[]) => rows.filter((row) => row.problem).map((row) => [row.line, row.problem?.reason])
const records = <T>(rows: Row<T>[]) => rows.filter((row) => !row.problem).map((row) => [row.line, row.record])

test('lines end at LF, CR LF and CR, wherever the chunks are cut', () => {
  const text = 'a\r\nb\rc\n\nd'
  const expected = ['a', 'b', 'c', '', 'd'].map((line, i) => ({ text: line, number: i + 1, tooLong: false }))
  for (let size = 1; size <= text.length; size++) expect(readAll(new LineSplitter(), text, size)).toEqual(expected)
})

test('a line past the limit is cut and flagged, and the next one is whole', () => {
  expect(readAll(new LineSplitter(4), '123456\nab\n', 3)).toEqual([
    { text: '1234', number: 1, tooLong: true },
    { text: 'ab', number: 2, tooLong: false },
  ])
})

test('JSONL: every broken line is named and the good ones are kept', () => {
  const lines = ['{"a":1}', '{"a":', '{"a":1,}', '[1]', '', '\uFEFF{"a":2}', '{"a":NaN}', '7', '{"a":3}']
  const rows = readAll(new JsonlReader(), `${lines.join('\n')}\n`, 5)
  expect(records(rows)).toEqual([
    [1, { a: 1 }],
    [9, { a: 3 }],
  ])
  expect(problems(rows).map(([line]) => line)).toEqual([2, 3, 4, 5, 6, 7, 8])
  expect(problems(rows).map(([, reason]) => reason)).toEqual([
    expect.stringContaining('ends too early'),
    expect.stringContaining('comma before'),
    expect.stringContaining('is a list'),
    expect.stringContaining('is empty'),
    expect.stringContaining('byte order mark'),
    expect.stringContaining('NaN'),
    expect.stringContaining('single value'),
  ])
})

test('JSON nested too deeply is refused before it is parsed', () => {
  const rows = readAll(new JsonlReader(), `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  expect(problems(rows)[0]?.[1]).toContain('deeper than 64')
})

test('a JSON list is read element by element, with the line each begins on', () => {
  const text = '[\n {"a": "x, ]} \\" y"},\n {"a": [1, {"b": 2}]}\n,\n {"a": }\n]\n'
  for (const size of [1, 3, 7, text.length]) {
    const rows = readAll(new JsonArrayReader('f.json'), text, size)
    expect(records(rows)).toEqual([
      [2, { a: 'x, ]} " y' }],
      [3, { a: [1, { b: 2 }] }],
    ])
    expect(problems(rows)).toEqual([[5, expect.stringContaining('unexpected “}”')]])
  }
})

test('a JSON list cut in the middle keeps what is whole and reports the rest where it began', () => {
  const rows = readAll(new JsonArrayReader('f.json'), '[{"a":1},\n{"a":', 4)
  expect(records(rows)).toEqual([[1, { a: 1 }]])
  expect(problems(rows)).toEqual([[2, expect.stringContaining('ends too early')]])
})

test('what is no JSON list is refused with file and line; an empty list is none', () => {
  expect(() => readAll(new JsonArrayReader('f.json'), '\n\n{"a":1}')).toThrow('f.json, line 3')
  expect(() => readAll(new JsonArrayReader('f.json'), '')).toThrow('f.json')
  expect(readAll(new JsonArrayReader('f.json'), '[ ]')).toEqual([])
})

test('a JSON list round-trips whatever it holds and however it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.string())), fc.integer({ min: 1, max: 9 }), (list, size) => {
      const rows = readAll(new JsonArrayReader('f'), JSON.stringify(list, null, 1), size)
      expect(rows.map((row) => JSON.stringify(row.record))).toEqual(list.map((item) => JSON.stringify(item)))
    }),
    { numRuns: 60 },
  )
})

test('CSV: quoted commas, quotes and line breaks, with physical line numbers', () => {
  const text = 'text,label\r\n"a, ""b""",x\r\n"two\r\nlines",y\n\nlast,z'
  for (let size = 1; size <= text.length; size++) {
    expect(records(readAll(new CsvReader({ delimiter: ',', quoting: true }), text, size))).toEqual([
      [1, ['text', 'label']],
      [2, ['a, "b"', 'x']],
      [3, ['two\r\nlines', 'y']],
      [6, ['last', 'z']],
    ])
  }
})

test('CSV: ragged rows and an open quotation mark are named', () => {
  const rows = readAll(new CsvReader({ delimiter: ',', quoting: true }), 'a,b\n1\n1,2,3\n4,5\n"6,7\n')
  expect(records(rows)).toEqual([
    [1, ['a', 'b']],
    [4, ['4', '5']],
  ])
  expect(problems(rows)).toEqual([
    [2, 'The row has 1 cell; the first row has 2.'],
    [3, 'The row has 3 cells; the first row has 2.'],
    [5, expect.stringContaining('never closed')],
  ])
})

test('TSV without quoting keeps stray quotation marks as they are', () => {
  const rows = readAll(new CsvReader({ delimiter: '\t', quoting: false }), 'ham\t"hi\nspam\tyo"\n')
  expect(records(rows)).toEqual([
    [1, ['ham', '"hi']],
    [2, ['spam', 'yo"']],
  ])
})

test('CSV round-trips any table', () => {
  const cell = fc.string().filter((s) => !/[\r]/.test(s))
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), fc.integer({ min: 1, max: 9 }), (table, size) => {
      const quote = (s: string) => `"${s.replaceAll('"', '""')}"`
      const text = table.map((row) => row.map(quote).join(',')).join('\n')
      const rows = readAll(new CsvReader({ delimiter: ',', quoting: true }), text, size)
      expect(rows.map((row) => row.record)).toEqual(table)
    }),
    { numRuns: 100 },
  )
})

test('CSV: a row without end is given up at the limit, and the rows after it are read', () => {
  const reader = new CsvReader({ delimiter: ',', quoting: true })
  const rows = reader.push('a,b\n')
  const megabyte = 'x'.repeat(1024 * 1024)
  for (let i = 0; i < 20; i++) rows.push(...reader.push(megabyte))
  rows.push(...reader.push('\nc,d\n"'))
  for (let i = 0; i < 20; i++) rows.push(...reader.push(megabyte))
  rows.push(...reader.push('"x,y\n1,2\n'), ...reader.end())
  expect(records(rows)).toEqual([
    [1, ['a', 'b']],
    [3, ['c', 'd']],
    [5, ['1', '2']],
  ])
  expect(problems(rows)).toEqual([
    [2, 'The row is longer than 16 million characters.'],
    [4, 'The row is longer than 16 million characters; a quotation mark may never be closed.'],
  ])
})

test('a broken record of many megabytes is a problem like any other', () => {
  const rows = readAll(new JsonlReader(), `{"a":"${'\\"x'.repeat(4_000_000)}",}\n{"a":1}\n`)
  expect(problems(rows)).toEqual([[1, expect.stringMatching(/^Not valid JSON/)]])
  expect(records(rows)).toEqual([[2, { a: 1 }]])
})

test('a byte order mark inside a text is text', () => {
  expect(records(readAll(new JsonlReader(), '{"a":"x\uFEFFy"}'))).toEqual([[1, { a: 'x\uFEFFy' }]])
})
