import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { badPairs, BROKEN_PAIRS } from '../../testing/bad-lines.ts'
import { dataStudio, errorOf, utf16 } from '../testing/data-studio.ts'

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52)
const noise = Uint8Array.from({ length: 65_536 }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 24)

test.each([
  ['empty.txt', '', 'empty_file', 'empty.txt has no text'],
  ['spaces.txt', ' \n\t \r\n', 'empty_file', 'spaces.txt has no text'],
  ['unseen.txt', '\u200b\u200d\n\u2060', 'empty_file', 'unseen.txt has no text'],
  ['binary.txt', noise, 'binary_file', 'binary.txt looks like binary data'],
  ['photo.txt', PNG, 'binary_file', 'photo.txt looks like a PNG image'],
  ['nul.txt', `one\ntwo\0\n${'x'.repeat(200)}`, 'binary_file', 'nul.txt, line 2'],
  ['header_only.csv', 'text,label\n', 'empty_file', 'header_only.csv has no rows'],
  ['none.json', '[]', 'empty_file', 'none.json has no records'],
  ['object.json', '{\n "text": "a"\n}', 'malformed', 'object.json, line 1'],
  ['broken.jsonl', '{"a":\n{"b":\n', 'malformed', 'broken.jsonl: no row can be read. Line 1'],
] as const)('%s is refused by the probe, by name, and cannot be imported', async (name, content, code, message) => {
  const studio = await dataStudio()
  const { error } = await studio.probe(name, content)
  expect(error).toMatchObject({ code, message: expect.stringContaining(message), hint: expect.any(String) })
  expect(
    await errorOf(
      studio.startImport('pretrain', [
        ['good.txt', 'Some text.\n'],
        [name, content],
      ]),
    ),
  ).toEqual(error)
  expect(await studio.data['datasets.list']({})).toEqual([])
})

test('invalid UTF-8 is placed by its line and counted, in the probe and past its range', async () => {
  const studio = await dataStudio()
  const latin1 = Buffer.from('plain\ncaf\xe9 cr\xe8me\nna\xefve\n', 'latin1')
  const mixed = Buffer.concat([Buffer.from('Fünf Wörter: süß, schön.\n'), latin1])
  const { error } = await studio.probe('mixed.txt', mixed)
  expect(error).toMatchObject({ code: 'bad_encoding', details: { line: 3, bytes: 3 } })
  expect(error?.message).toBe('mixed.txt: 3 bytes are not valid UTF-8, first at line 3.')

  const lines = Math.ceil(1_200_000 / 13)
  const late = Buffer.concat([Buffer.from('twelve chars\n'.repeat(lines)), latin1])
  const failure = await errorOf(
    studio.startImport('pretrain', [
      ['good.txt', 'Good.\n'],
      ['late.txt', late],
    ]),
  )
  expect(failure).toMatchObject({ code: 'bad_encoding', details: { line: lines + 2, bytes: 3 } })
  expect(failure.message).toContain('late.txt')
  expect(await studio.everything()).toEqual([])
})

test('a NUL character past the range of the probe ends the import with its line', async () => {
  const studio = await dataStudio()
  const text = `${'x'.repeat(1_100_000)}\nsecond\nthird\0\n`
  expect(await errorOf(studio.importFiles('pretrain', [['late.txt', text]]))).toMatchObject({
    code: 'binary_file',
    details: { line: 3 },
  })
  expect(await studio.everything()).toEqual([])
})

test.each(['utf-16le', 'utf-16be'] as const)('%s is read with and without a byte order mark', async (encoding) => {
  const studio = await dataStudio()
  const text = 'Der Bär läßt 😀 grüßen.\r\nZweite Zeile.\rDritte.\n'
  for (const mark of ['', '\uFEFF']) {
    const probe = await studio.probe('a.txt', utf16(mark + text, encoding))
    expect(probe).toMatchObject({ encoding, previewLines: ['Der Bär läßt 😀 grüßen.', 'Zweite Zeile.', 'Dritte.', ''] })
    const { id, characters, lines } = await studio.importFiles('pretrain', [['a.txt', utf16(mark + text, encoding)]])
    const clean = text.replace(/\r\n?/g, '\n')
    expect((await studio.text(id, 'train')) + (await studio.text(id, 'val'))).toBe(clean)
    expect({ characters, lines }).toEqual({ characters: [...clean].length, lines: 3 })
  }
})

test('invalid UTF-16 is placed by its line and counted', async () => {
  const studio = await dataStudio()
  const bytes = Buffer.concat([utf16('ok\nsecond ', 'utf-16le'), Buffer.from([0x00, 0xd8]), utf16(' x\n', 'utf-16le')])
  const odd = Buffer.concat([bytes, Buffer.from([0x41])])
  expect((await studio.probe('a.txt', bytes, 'utf-16le')).error).toMatchObject({ details: { line: 2, bytes: 2 } })
  expect((await studio.probe('a.txt', odd, 'utf-16le')).error).toMatchObject({ details: { line: 2, bytes: 3 } })
})

test('another encoding can be chosen, and changes the preview', async () => {
  const studio = await dataStudio()
  const bytes = utf16('日本語のテキスト', 'utf-16be')
  expect((await studio.probe('a.txt', bytes, 'utf-16be')).previewLines).toEqual(['日本語のテキスト'])
  expect((await studio.probe('a.txt', bytes, 'utf-16le')).previewLines).not.toEqual(['日本語のテキスト'])
})

test('a UTF-8 byte order mark is no part of the text', async () => {
  const studio = await dataStudio()
  const { id, bytes } = await studio.importFiles('pretrain', [['bom.txt', '\uFEFFOne line.\nTwo.\n']])
  expect((await studio.text(id, 'train')) + (await studio.text(id, 'val'))).toBe('One line.\nTwo.\n')
  expect(bytes).toBe(15)
})

test('a table without the needed columns: what is needed and what was found', async () => {
  const studio = await dataStudio()
  const csv: [string, string] = ['missing_cols.csv', 'id,question\n1,Why is it so?\n2,What now?\n']
  expect((await studio.probe(...csv)).columns).toEqual(['id', 'question'])
  const failure = await errorOf(
    studio.startImport('instruct', [csv], { roles: { id: 'ignore', question: 'instruction' } }),
  )
  expect(failure).toMatchObject({ code: 'missing_columns', hint: expect.any(String) })
  expect(failure.message).toBe('missing_cols.csv. Needs: output. Found: id, question.')
  const prose = await errorOf(studio.startImport('classify', [['story.txt', 'Only a story.\n']]))
  expect(prose).toMatchObject({ code: 'missing_columns', message: expect.stringContaining('Needs: text, label') })
})

test('malformed JSONL lines are counted and kept with their lines; the good ones are imported', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('instruct', [['bad_lines.jsonl', badPairs()]])
  const { train, val, test: tested } = dataset.records
  expect(train + val + tested).toBe(93)
  expect(dataset.problems.total).toBe(7)
  expect(dataset.problems.kept.map(({ line }) => line)).toEqual(Object.keys(BROKEN_PAIRS).map(Number))
  for (const { file, reason, excerpt, line } of dataset.problems.kept) {
    expect(file).toBe('bad_lines.jsonl')
    expect(reason.length).toBeGreaterThan(10)
    expect(excerpt).toBe(BROKEN_PAIRS[line]?.replace('\uFEFF', ' '))
  }
})

test('nothing usable in it: the import fails with the first reason and leaves nothing', async () => {
  const studio = await dataStudio()
  const file: [string, string] = [
    'no_answer.jsonl',
    '{"instruction":"a","output":""}\n{"instruction":"b","output":" "}\n',
  ]
  const failure = await errorOf(studio.importFiles('instruct', [file]))
  expect(failure).toMatchObject({ code: 'malformed', details: { count: 2 } })
  expect(failure.message).toContain('no_answer.jsonl: none of its 2 records can be used; line 1: “output” is empty')
  expect(await studio.everything()).toEqual([])
})

test('only so many problems are kept; all are counted', async () => {
  const studio = await dataStudio()
  const jsonl = `{"text":"good enough"}\n${'oops\n'.repeat(500)}`
  const { problems } = await studio.importFiles('pretrain', [['bad.jsonl', jsonl]])
  expect(problems.total).toBe(500)
  expect(problems.kept).toHaveLength(200)
})

test('one class only, and too few texts of each', async () => {
  const studio = await dataStudio()
  const one = await errorOf(studio.importFiles('classify', [['single_class.csv', 'text,label\na,spam\nb,spam\n']]))
  expect(one).toMatchObject({ code: 'one_class', message: expect.stringContaining('“spam”') })
  const few = await errorOf(studio.importFiles('classify', [['few.csv', 'text,label\na,spam\nb,ham\n']]))
  expect(few.code).toBe('too_short')
  const short = await errorOf(studio.importFiles('pretrain', [['x.txt', 'x']]))
  expect(short).toMatchObject({ code: 'too_short', message: expect.stringContaining('x.txt') })
  const pair = await errorOf(studio.importFiles('instruct', [['p.jsonl', '{"prompt":"a","completion":"b"}']]))
  expect(pair.code).toBe('too_short')
})

test('a label column that is none is refused', async () => {
  const studio = await dataStudio()
  const rows = Array.from({ length: 1500 }, (_, i) => `text ${i},label ${i}`)
  expect(await errorOf(studio.importFiles('classify', [['l.csv', `text,label\n${rows.join('\n')}`]]))).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('1,500 different labels'),
  })
})

test('a source that is gone is named', async () => {
  const studio = await dataStudio()
  const id = studio.addPath('gone.txt', '/nowhere/gone.txt', 10)
  expect((await studio.data['sources.probe']({ id })).error).toMatchObject({
    code: 'io',
    message: expect.stringContaining('gone.txt cannot be read'),
  })
})

test('an import that the disk has no room for is refused with both numbers, before it writes', async () => {
  const studio = await dataStudio()
  const path = studio.file('huge.txt')
  await writeFile(path, 'A text that claims to be huge.\n')
  const sourceId = studio.addPath('huge.txt', path, 1e17)
  const files = [{ sourceId, encoding: 'utf-8' as const, roles: {} }]
  const failure = await errorOf(studio.data['datasets.import']({ name: 'huge', purpose: 'pretrain', files, seed: 1 }))
  expect(failure).toMatchObject({
    code: 'disk_full',
    details: { neededBytes: expect.any(Number), freeBytes: expect.any(Number) },
  })
  expect(await studio.everything()).toEqual([path])
})
