import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataStudio } from '../testing/data-studio.ts'

const story = (paragraphs: number) =>
  Array.from({ length: paragraphs }, (_, i) => `Paragraph ${i} tells a little.\nAnd goes on.`).join('\n\n') + '\n'

test('a text: one document cut at a paragraph near nine tenths, with its counts', async () => {
  const studio = await dataStudio()
  const text = story(200)
  const dataset = await studio.importFiles('pretrain', [['story.txt', text.replaceAll('\n', '\r\n')]])
  const [train, val] = [await studio.text(dataset.id, 'train'), await studio.text(dataset.id, 'val')]
  expect(train + val).toBe(text)
  expect(train.endsWith('\n\n')).toBe(true)
  expect(Math.abs(train.length / text.length - 0.9)).toBeLessThan(0.01)
  const source = Buffer.from(text.replaceAll('\n', '\r\n'))
  expect(dataset).toMatchObject({
    status: 'ready',
    purpose: 'pretrain',
    starter: null,
    records: { train: 1, val: 1, test: 0 },
    textBytes: { train: train.length, val: val.length, test: 0 },
    characters: text.length,
    bytes: text.length,
    lines: 599,
    words: 200 * 8,
    problems: { total: 0, kept: [] },
  })
  expect(dataset.sources).toEqual([
    {
      name: 'story.txt',
      bytes: source.length,
      sha256: createHash('sha256').update(source).digest('hex'),
      kind: 'text',
      encoding: 'utf-8',
    },
  ])
})

test('a text without paragraphs is cut at a line, one without lines between characters', async () => {
  const studio = await dataStudio()
  const lines = 'a line of text\n'.repeat(300)
  const first = await studio.importFiles('pretrain', [['lines.md', lines]])
  expect((await studio.text(first.id, 'train')).length % 15).toBe(0)
  const one = 'żółw😀'.repeat(100)
  const second = await studio.importFiles('pretrain', [['one.txt', one]])
  const train = await studio.text(second.id, 'train')
  expect(train + (await studio.text(second.id, 'val'))).toBe(one)
  expect(Math.abs([...train].length - 450)).toBeLessThan(3)
  const tiny = await studio.importFiles('pretrain', [['tiny.txt', 'né']])
  expect([await studio.text(tiny.id, 'train'), await studio.text(tiny.id, 'val')]).toEqual(['n', 'é'])
})

test('several texts are documents of their own, each with its end kept back', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [
    ['a b 🙂.txt', story(50)],
    ['b.md', story(80)],
  ])
  expect(dataset.records).toEqual({ train: 2, val: 2, test: 0 })
  expect(dataset.sources.map(({ name, kind }) => [name, kind])).toEqual([
    ['a b 🙂.txt', 'text'],
    ['b.md', 'markdown'],
  ])
  const { total, records } = await studio.data['datasets.preview']({ id: dataset.id, part: 'val', offset: 1, limit: 5 })
  expect(total).toBe(2)
  expect(story(80).endsWith(records[0]?.text ?? '?')).toBe(true)
})

test('records of text fall to a side by their content alone, whatever their order', async () => {
  const studio = await dataStudio()
  const texts = Array.from({ length: 400 }, (_, i) => `Document ${i}\nhas two lines.`)
  const jsonl = (list: string[]) => list.map((text) => JSON.stringify({ text })).join('\n')
  const side = async (list: string[], seed: number) => {
    const { id, records } = await studio.importFiles('pretrain', [['d.jsonl', jsonl(list)]], { seed })
    expect(records.train + records.val).toBe(400)
    const shown = await studio.data['datasets.preview']({ id, part: 'val', offset: 0, limit: 200 })
    return shown.records.map(({ text }) => text).sort()
  }
  const val = await side(texts, 7)
  expect(val.length).toBeGreaterThan(20)
  expect(val.length).toBeLessThan(60)
  expect(await side([...texts].reverse(), 7)).toEqual(val)
  expect(await side(texts, 8)).not.toEqual(val)
})

test('a few records of text fill both parts, also a single one', async () => {
  const studio = await dataStudio()
  for (const count of [1, 2, 3]) {
    for (let seed = 0; seed < 12; seed++) {
      const texts = Array.from({ length: count }, (_, i) => `Text ${i} of ${count}.`)
      const csv = `text\n${texts.join('\n')}\n`
      const { id, textBytes } = await studio.importFiles('pretrain', [['few.csv', csv]], {
        seed,
        roles: { text: 'text' },
      })
      expect(textBytes.train).toBeGreaterThan(0)
      expect(textBytes.val).toBeGreaterThan(0)
      const all = (await studio.text(id, 'train')) + (await studio.text(id, 'val'))
      expect([...all].sort().join('')).toBe([...texts.join('')].sort().join(''))
    }
  }
})

test('instructions are split 85 / 10 / 5 by the seed, every pair once', async () => {
  const studio = await dataStudio()
  const pairs = Array.from({ length: 200 }, (_, i) => ({
    instruction: `Say ${i}`,
    input: i % 2 ? 'x' : '',
    output: `${i}`,
  }))
  const load = async (seed: number) => {
    const { id, records } = await studio.importFiles('instruct', [['alpaca.json', JSON.stringify(pairs, null, 1)]], {
      seed,
    })
    expect(records).toEqual({ train: 170, val: 10, test: 20 })
    return Promise.all(['train', 'val', 'test'].map((part) => studio.records(id, part)))
  }
  const parts = await load(1)
  const numbers = parts.flat().map(({ output }) => Number(output))
  expect(numbers.sort((a, b) => a - b)).toEqual(pairs.map((_, i) => i))
  expect(parts[0]?.[0]).toEqual(pairs[Number(parts[0]?.[0]?.output)])
  expect(await load(1)).toEqual(parts)
  expect((await load(2))[1]).not.toEqual(parts[1])
})

test('labelled texts: duplicates dropped before a split that is even in every class', async () => {
  const studio = await dataStudio()
  const rows = Array.from({ length: 300 }, (_, i) => `message ${i},${i % 10 === 0 ? ' spam' : 'ham'}`)
  const csv = ['text,label', ...rows, rows[5], rows[0], 'message 7,spam'].join('\n')
  const dataset = await studio.importFiles('classify', [['m.csv', csv]])
  expect(dataset.duplicatesDropped).toBe(3)
  expect(dataset.classes).toEqual([
    { label: 'ham', counts: { train: 189, val: 27, test: 54 } },
    { label: 'spam', counts: { train: 21, val: 3, test: 6 } },
  ])
  expect(dataset.records).toEqual({ train: 210, val: 30, test: 60 })
  const parts = await Promise.all(['train', 'val', 'test'].map((part) => studio.records(dataset.id, part)))
  expect(parts.map((part) => part.filter(({ label }) => label === 'spam').length)).toEqual([21, 3, 6])
  expect(new Set(parts.flat().map(({ text }) => text)).size).toBe(300)
})

test('classes of few texts still get into training and test', async () => {
  const studio = await dataStudio()
  const csv = 'text,label\na,x\nb,x\nc,y\nd,z\ne,z\nf,z\n'
  const { classes } = await studio.importFiles('classify', [['f.csv', csv]])
  expect(classes.map(({ counts }) => [counts.train, counts.val, counts.test])).toEqual([
    [1, 0, 1],
    [1, 0, 0],
    [1, 1, 1],
  ])
})

test('tables: quoted cells over several lines, another delimiter, ragged rows, equal headers, no header', async () => {
  const studio = await dataStudio()
  const quoted = 'text,label\n"one, two",a\n"three ""x""\r\nfour",b\nfive,a\nsix,a\n'
  const first = await studio.importFiles('classify', [['quoted.csv', quoted]])
  const texts = await Promise.all(['train', 'val', 'test'].map((part) => studio.records(first.id, part)))
  expect(
    texts
      .flat()
      .map(({ text }) => text)
      .sort(),
  ).toEqual(['five', 'one, two', 'six', 'three "x"\nfour'])

  const semicolon = await studio.probe('semicolon.csv', 'id;text;label\n1;a, b;x\n2;c;y\n')
  expect(semicolon).toMatchObject({ delimiter: ';', columns: ['id', 'text', 'label'], hasHeader: true })
  expect(semicolon.sampleRows).toEqual([
    ['1', 'a, b', 'x'],
    ['2', 'c', 'y'],
  ])

  const ragged = 'text,label\na,x\nb\nc,y,z\nd,y\ne,y\nf,y\n'
  const { problems, records } = await studio.importFiles('classify', [['ragged.csv', ragged]])
  expect(problems.kept.map(({ line }) => line)).toEqual([3, 4])
  expect(records.train + records.val + records.test).toBe(4)

  expect((await studio.probe('dup.csv', 'text,label,text\na,x,b\n')).columns).toEqual(['text', 'label', 'text (2)'])
  expect(await studio.probe('numbers.csv', '12,ab\n13,cd\n')).toMatchObject({
    hasHeader: false,
    columns: ['column 1', 'column 2'],
  })
})

test('a tab-separated file without header and with stray quotation marks, as the SMS collection', async () => {
  const studio = await dataStudio()
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i % 4 ? 'ham' : 'spam'}\t${i % 7 ? '' : '"'}Message number ${i}, ok`,
  )
  const file: [string, string] = ['SMSSpamCollection', `${rows.join('\n')}\n`]
  expect(await studio.probe(...file)).toMatchObject({
    kind: 'tsv',
    hasHeader: false,
    roles: { 'column 1': 'label', 'column 2': 'text' },
    suggestedPurpose: 'classify',
  })
  const { records, classes } = await studio.importFiles('classify', [file])
  expect(records.train + records.val + records.test).toBe(40)
  expect(classes.map(({ label }) => label)).toEqual(['ham', 'spam'])
})

test('the preview cuts long texts and looks only at what was asked for', async () => {
  const studio = await dataStudio()
  const { id } = await studio.importFiles('pretrain', [['long.txt', '😀é'.repeat(100_000)]])
  const { records } = await studio.data['datasets.preview']({ id, part: 'train', offset: 0, limit: 10 })
  expect(records).toEqual([{ text: '😀é'.repeat(1000) }])
  const past = await studio.data['datasets.preview']({ id, part: 'train', offset: 1, limit: 10 })
  expect(past).toEqual({ total: 1, records: [] })
  const none = await studio.data['datasets.preview']({ id, part: 'test', offset: 0, limit: 10 })
  expect(none).toEqual({ total: 0, records: [] })
})

test.each(['stories', 'instructions', 'messages'] as const)(
  'the starter set %s becomes a dataset like any other',
  async (id) => {
    const studio = await dataStudio()
    const meta = (await studio.data['starters.list']({})).find((starter) => starter.id === id)
    const job = await studio.ended(await studio.data['starters.create']({ id }))
    expect(job.state).toBe('done')
    const dataset = await studio.data['datasets.get']({ id: job.resultId })
    expect(dataset).toMatchObject({ starter: id, purpose: meta?.purpose, status: 'ready', sources: [] })
    const { train, val, test: tested } = dataset.records
    expect(Math.min(train, val)).toBeGreaterThan(0)
    expect(train + val + tested + dataset.duplicatesDropped).toBe(meta?.records)
  },
  30_000,
)

const DATA = join(import.meta.dirname, '../../../../shared/data')

test.skipIf(!existsSync(DATA))('public data sets come out as published', async () => {
  const studio = await dataStudio()
  const sms = readFileSync(join(DATA, 'SMSSpamCollection.tsv'))
  const spam = await studio.importFiles('classify', [['SMSSpamCollection.tsv', sms]])
  expect(spam.problems.total).toBe(0)
  const { train, val, test: tested } = spam.records
  expect(train + val + tested + spam.duplicatesDropped).toBe(5574)
  expect(spam.duplicatesDropped).toBe(403)
  expect(spam.classes.map(({ label }) => label)).toEqual(['ham', 'spam'])

  const pairs = readFileSync(join(DATA, 'instruction-data.json'))
  const { records } = await studio.importFiles('instruct', [['instruction-data.json', pairs]])
  expect(records).toEqual({ train: 935, test: 110, val: 55 })
})
