import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { encodeText } from '../../testing/encode-text.ts'
import { makePdf } from '../../testing/pdf.ts'
import { makeDocx, makeEpub } from '../../testing/zip.ts'
import { dataStudio } from '../testing/data-studio.ts'

const whole = async (studio: Awaited<ReturnType<typeof dataStudio>>, id: string) =>
  (await studio.text(id, 'train')) + (await studio.text(id, 'val'))

const BOOK = Array.from({ length: 40 }, (_, i) => `Paragraph ${i} of a book, with an é.`)
const PAGE = `<!doctype html><body>${BOOK.map((text) => `<p>${text.replace('é', '&eacute;')}</p>`).join('')}</body>`

test.each([
  ['docx', makeDocx(BOOK.map((text) => `<w:r><w:t>${text}</w:t></w:r>`)), 'Word document'],
  ['epub', makeEpub({ 'a.xhtml': PAGE }), 'EPUB book'],
  ['html', Buffer.from(PAGE), 'web page'],
  ['pdf', makePdf(BOOK.map((text, i) => [{ y: 300 - i, text: text.replace('é', 'e') }])), 'PDF document'],
] as const)('%s: told by its content, read as text, its own hash in the sources', async (kind, bytes, detected) => {
  const studio = await dataStudio()
  const probe = await studio.probe('anything.dat', bytes)
  expect(probe).toMatchObject({ kind, detected, suggestedPurpose: 'pretrain' })
  expect(probe.error).toBeUndefined()
  expect(probe.previewLines[0]).toContain('Paragraph 0 of a book')
  expect(probe.note).toContain(kind === 'pdf' ? 'out of order' : '')
  const { id, sources } = await studio.importFiles('pretrain', [['anything.dat', bytes]])
  const text = await whole(studio, id)
  expect(text.split('\n\n').filter((one) => one.trim() !== '')).toHaveLength(40)
  expect(sources).toMatchObject([{ kind, bytes: bytes.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }])
})

test('compressed text of each kind is what is inside', async () => {
  const studio = await dataStudio()
  const csv = gzipSync('text;label\na;x\nb;y\nc;y\nd;y\n')
  expect(await studio.probe('t.csv.gz', csv)).toMatchObject({ kind: 'csv', delimiter: ';', gzip: true })
  const { records, sources } = await studio.importFiles('classify', [['t.csv.gz', csv]])
  expect(records.train + records.val + records.test).toBe(4)
  expect(sources[0]?.bytes).toBe(csv.length)
  const latin = gzipSync(encodeText('Ein Gruß aus der Küche, schön und süß.\n'.repeat(9), 'windows-1252'))
  expect(await studio.probe('t.txt.gz', latin)).toMatchObject({ kind: 'text', encoding: 'windows-1252' })
  expect((await studio.probe('t.gz', gzipSync(gzipSync('x')))).error).toMatchObject({ code: 'unsupported' })
  expect((await studio.probe('t.txt.gz', latin.subarray(0, 60))).error).toMatchObject({ code: 'corrupt' })
})

test('a Parquet table, by row', async () => {
  const studio = await dataStudio()
  const rows = Array.from({ length: 30 }, (_, i) => i)
  const columnData = [
    { name: 'text', data: rows.map((i) => (i === 4 ? '' : `Text ${i}`)) },
    { name: 'label', data: rows.map((i) => i % 2), type: 'INT32' as const },
  ]
  const bytes = Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 7 }))
  expect(await studio.probe('t', bytes)).toMatchObject({
    kind: 'parquet',
    columns: ['text', 'label'],
    roles: { text: 'text', label: 'label' },
    rows: { count: 30, whole: true },
  })
  const { records, problems, classes } = await studio.importFiles('classify', [['t', bytes]])
  expect(records.train + records.val + records.test).toBe(29)
  expect(problems.kept.map(({ line }) => line)).toEqual([5])
  expect(classes.map(({ label }) => label)).toEqual(['0', '1'])
})

test('chats become pairs, those in a wrong order are named by line', async () => {
  const studio = await dataStudio()
  const chat = (...roles: string[]) =>
    JSON.stringify({ messages: roles.map((role, i) => ({ role, content: `${role} ${i}` })) })
  const lines = [
    chat('system', 'user', 'assistant', 'user', 'assistant'),
    chat('user', 'user', 'assistant'),
    chat('user', 'assistant'),
  ]
  const file: [string, string] = ['wrong_roles.jsonl', lines.join('\n')]
  expect(await studio.probe(...file)).toMatchObject({ detected: 'OpenAI chat', roles: { messages: 'messages' } })
  const { records, problems } = await studio.importFiles('instruct', [file])
  expect(records.train + records.val + records.test).toBe(3)
  expect(problems.kept).toMatchObject([{ line: 2, reason: expect.stringContaining('Message 2 is the second user') }])
})

test('the letters of every encoding arrive, and a choice overrides the guess', async () => {
  const studio = await dataStudio()
  const texts = [
    ['windows-1251', 'Все счастливые семьи похожи друг на друга.'],
    ['gb18030', '道可道,非常道。名可名,非常名。无名天地之始。'],
    ['windows-1252', 'Ein “großes” Haus – schön.'],
  ] as const
  for (const [encoding, text] of texts) {
    const bytes = encodeText(`${text}\n`.repeat(5), encoding)
    const probe = await studio.probe('t.txt', bytes)
    expect(probe).toMatchObject({ encoding, encodingFound: expect.stringContaining('a guess') })
    expect(probe.encodingSamples).toEqual([1, 2, 3].map((line) => ({ line, text })))
    const { id } = await studio.importFiles('pretrain', [['t.txt', bytes]])
    expect(await whole(studio, id)).toBe(`${text}\n`.repeat(5))
  }
  const other = await studio.probe('t.txt', encodeText('Größe\n', 'windows-1252'), 'windows-1251')
  expect(other).toMatchObject({ encodingFound: 'chosen by you', previewLines: ['GrцЯe', ''] })
})

test('mixed bytes: counted before the import, replaced or left out as chosen, recorded after it', async () => {
  const studio = await dataStudio()
  const bad = Buffer.from('caf\xe9 cr\xe8me\n', 'latin1')
  const mixed = Buffer.concat([Buffer.from('Fünf süße Wörter.\n'.repeat(12)), bad, Buffer.from('Schluß.\n')])
  const probe = await studio.probe('mixed.txt', mixed)
  expect(probe.invalid).toEqual({ bytes: 2, line: 13, handling: 'refuse' })
  expect(probe.encodingSamples.map(({ line }) => line)).toEqual([1, 2, 13])
  expect(probe.error).toMatchObject({
    code: 'bad_encoding',
    message: 'mixed.txt: 2 bytes are not valid UTF-8, first at line 13.',
  })
  for (const [invalid, text] of [
    ['replace', 'caf\uFFFD cr\uFFFDme\n'],
    ['drop-lines', ''],
  ] as const) {
    const id = await studio.add('mixed.txt', mixed)
    expect((await studio.data['sources.probe']({ id, invalid })).error).toBeUndefined()
    const files = [{ sourceId: id, encoding: 'utf-8' as const, roles: {}, invalid }]
    const job = await studio.ended(
      await studio.data['datasets.import']({ name: 'm', purpose: 'pretrain', files, seed: 1 }),
    )
    expect(await whole(studio, job.resultId)).toBe(`${'Fünf süße Wörter.\n'.repeat(12)}${text}Schluß.\n`)
    const { sources } = await studio.data['datasets.get']({ id: job.resultId })
    expect(sources[0]?.invalid).toEqual({ bytes: 2, handling: invalid })
  }
})

test('delimiter, header and kind can be chosen against what the content shows', async () => {
  const studio = await dataStudio()
  const id = await studio.add('t.csv', 'a;b,c\n1;2,3\n4;5,6\n')
  const look = (reading: object) => studio.data['sources.probe']({ id, ...reading })
  expect((await look({ delimiter: ';' })).columns).toEqual(['a', 'b,c'])
  expect((await look({ delimiter: ',' })).columns).toEqual(['a;b', 'c'])
  expect(await look({ delimiter: ',', hasHeader: false })).toMatchObject({
    columns: ['column 1', 'column 2'],
    rows: { count: 3 },
  })
  expect(await look({ kind: 'text' })).toMatchObject({
    kind: 'text',
    columns: [],
    previewLines: expect.arrayContaining(['1;2,3']),
  })
})

test('ragged rows are counted and named before the import', async () => {
  const studio = await dataStudio()
  expect((await studio.probe('ragged.csv', 'text,label\na,x\nb\nc,y,z\nd,y\n')).rows).toEqual({
    count: 4,
    whole: true,
    bad: 2,
    problems: [
      { line: 3, reason: 'The row has 1 cell; the first row has 2.' },
      { line: 4, reason: 'The row has 3 cells; the first row has 2.' },
    ],
  })
})
