import { expect, it } from 'vitest'
import { csvRow } from './csv-row.ts'
import { CsvReader } from './csv.ts'

it('writes a row that reads back as the same cells', () => {
  const cells = ['plain', 'with, comma', 'with "quotes"', 'two\nlines', '', ' spaces ']
  const options = { delimiter: ',', quoting: true }
  const reader = new CsvReader(options)
  expect([...reader.push(`${csvRow(cells, options)}\n`), ...reader.end()][0]?.record).toEqual(cells)
})

it('never breaks a row that knows no quoting', () => {
  expect(csvRow(['a\tb', 'c\r\nd', '"e"'], { delimiter: '\t', quoting: false })).toBe('a b\tc d\t"e"')
})
