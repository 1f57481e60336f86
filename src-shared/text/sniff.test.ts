import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NewlineNormaliser } from './clean.ts'
import { kindOfText } from './kind-of-text.ts'
import { sniff } from './sniff.ts'
import { Utf8Validator } from './utf8.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2))
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), littleEndian)
  return new Uint8Array(view.buffer)
}

test('encoding by byte order mark, by NUL pattern, else UTF-8', () => {
  expect(sniff(utf8('\uFEFFhello'))).toEqual({ encoding: 'utf-8', by: 'mark' })
  expect(sniff(utf16('\uFEFFhello', true))).toEqual({ encoding: 'utf-16le', by: 'mark' })
  expect(sniff(utf16('\uFEFFhello', false))).toEqual({ encoding: 'utf-16be', by: 'mark' })
  expect(sniff(utf16('Only a plain story, with café.', true))).toEqual({ encoding: 'utf-16le', by: 'nul' })
  expect(sniff(utf16('Only a plain story, with café.', false))).toEqual({ encoding: 'utf-16be', by: 'nul' })
  expect(sniff(utf8('日本語のテキスト'))).toEqual({ encoding: 'utf-8', by: 'default' })
})

test('what is no text is called by what it is', () => {
  expect(sniff(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]))).toEqual({ binary: 'a PNG image' })
  expect(sniff(utf8('{\\rtf1\\ansi hello}'))).toEqual({ binary: 'a rich-text (RTF) document' })
  expect(sniff(utf8('%PDF-1.7'))).toEqual({ container: 'pdf' })
  expect(sniff(utf8('PAR1'))).toEqual({ container: 'parquet' })
  expect(sniff(utf8(`${'\0'.repeat(257)}ustar`))).toEqual({ binary: 'a TAR archive' })
  const noise = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919 + (i >> 3)) & 255)
  expect(sniff(noise)).toEqual({ binary: 'binary data' })
})

test('UTF-8 faults are counted, and the first is placed by byte and line', () => {
  const bytes = new Uint8Array([...utf8('ok é\nline two '), 0xff, 0xfe, ...utf8('x\n'), 0xc3, 0x28])
  for (const size of [1, 3, bytes.length]) {
    const validator = new Utf8Validator()
    for (let i = 0; i < bytes.length; i += size) validator.push(bytes.subarray(i, i + size))
    expect(validator.end()).toEqual({ offset: 15, line: 2, count: 3, bytes: 3 })
  }
})

test('the first fault is placed where its sequence begins, in this chunk or one before', () => {
  for (const sequence of [
    [0xe2, 0x82, 0x62],
    [0xf0, 0x9f, 0x98],
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
  ]) {
    const validator = new Utf8Validator()
    for (const byte of [0x61, 0x0a, ...sequence]) validator.push(Uint8Array.of(byte))
    expect(validator.end()).toMatchObject({ offset: 2, line: 2 })
  }
})

test('UTF-8 validity agrees with the platform’s decoder, and so does the number of faults', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const validator = new Utf8Validator()
      validator.push(bytes)
      const replaced = [...new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)].filter(
        (c) => c === '\uFFFD',
      ).length
      expect(validator.end()?.count ?? 0).toBe(replaced)
    }),
    { numRuns: 2000 },
  )
})

test('kind by content, with the name only between prose and a table', () => {
  const kind = (text: string, name: string) => kindOfText(text, name).kind
  expect(kind('[{"a":1}]', 'x.txt')).toBe('json')
  expect(kind('{"a":1}\n{"a":2}\n', 'x.json')).toBe('jsonl')
  expect(kind('{\n "a": 1\n}\n', 'x.json')).toBe('json')
  expect(kind('ham\thello, you\nspam\twin\n', 'x.txt')).toBe('tsv')
  expect(kind('One, two.\nThree, four.\n', 'x.txt')).toBe('text')
  expect(kind('# Title\n', 'x.md')).toBe('markdown')
  expect(kindOfText('text;label\n"a;b";x\n', 'x.csv')).toEqual({ kind: 'csv', delimiter: ';' })
  expect(kindOfText('text,label\na,x\n', 'x.csv')).toEqual({ kind: 'csv', delimiter: ',' })
  expect(kindOfText('"one, two",a\n"three\nfour;",b\n"five;",c\n', 'x.csv')).toEqual({ kind: 'csv', delimiter: ',' })
  expect(kindOfText('a|b\n1|2\n', 'x.csv.gz')).toEqual({ kind: 'csv', delimiter: '|' })
  // Known names of columns make a table of a file with any name.
  expect(kindOfText('text,label\na,x\nb,y\n', 'pasted text.txt')).toEqual({ kind: 'csv', delimiter: ',' })
  expect(kindOfText('text, label\nthen some prose\n', 'x.txt').kind).toBe('text')
  expect(kind('<!DOCTYPE html>\n<p>x', 'x.txt')).toBe('html')
  expect(kind('<?xml version="1.0"?>\n<!-- a - b -->\n<html lang="en">', 'x')).toBe('html')
  expect(kind('The <html> tag.', 'x.html')).toBe('text')
})

test('line endings become LF wherever the chunks are cut', () => {
  const text = 'a\r\nb\rc\n\r\n\r'
  for (let size = 1; size <= text.length; size++) {
    const normaliser = new NewlineNormaliser()
    let out = ''
    for (let i = 0; i < text.length; i += size) out += normaliser.push(text.slice(i, i + size))
    expect(out + normaliser.end()).toBe('a\nb\nc\n\n\n')
  }
})
