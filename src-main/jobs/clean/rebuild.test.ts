import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Build, Edit } from '@shared/contract/cleaning.ts'
import type { Dataset } from '@shared/contract/schemas.ts'
import { dataStudio, errorOf } from '../testing/data-studio.ts'
import { badLines } from '../../testing/bad-lines.ts'

type Studio = Awaited<ReturnType<typeof dataStudio>>

const buildOf = (dataset: Dataset): Build => {
  if (!dataset.made) throw new Error('it was not made here')
  return dataset.made.build
}

/** Makes a dataset anew with changed choices. */
async function rebuild(
  studio: Studio,
  dataset: Dataset,
  change: { recipe?: Partial<Build['recipe']>; split?: Partial<Build['split']>; repair?: boolean; edits?: Edit[] },
): Promise<Dataset> {
  const old = buildOf(dataset)
  const job = await studio.ended(
    await studio.data['datasets.rebuild']({
      id: dataset.id,
      build: {
        ...old,
        repair: change.repair ?? old.repair,
        recipe: { ...old.recipe, ...change.recipe },
        split: { ...old.split, ...change.split },
      },
      edits: change.edits ?? [],
    }),
  )
  if (job.state !== 'done') throw job.error ?? new Error(job.state)
  return studio.data['datasets.get']({ id: job.resultId })
}

const records = ({ records: { train, val, test: tested } }: Dataset) => train + val + tested

test('seven bad lines: each with its line and reason; editing one makes 94 good, repairing mends what has one reading', async () => {
  const studio = await dataStudio()
  const first = await studio.importFiles('pretrain', [['bad.jsonl', badLines()]])
  expect(records(first)).toBe(93)
  expect(first.problems.total).toBe(7)
  expect(first.problems.kept.map(({ line }) => line)).toEqual([10, 20, 30, 40, 50, 60, 70])
  expect(first.made?.problems).toEqual([
    { kind: 'malformed', total: 6, leftOut: 6, repairable: 2 },
    { kind: 'empty', total: 1, leftOut: 1, repairable: 0 },
  ])
  const { problems, listed } = await studio.data['datasets.problems']({
    id: first.id,
    kind: 'malformed',
    offset: 0,
    limit: 3,
  })
  expect(listed).toBe(6)
  expect(problems.map(({ line, text, repaired }) => [line, text, repaired])).toEqual([
    [10, '{"text": "cut off', null],
    [20, '{"text": "comma after it",}', '{"text": "comma after it"}'],
    [30, '["a", "list"]', null],
  ])

  const check = (text: string) => studio.data['datasets.checkEdit']({ id: first.id, edit: { file: 0, line: 10, text } })
  expect((await check('{"text": "still cut')).reason).toContain('ends too early')
  expect((await check('{"text": ""}')).reason).toContain('“text” is empty')
  const fixed = '{"text": "cut off no more"}'
  expect(await check(fixed)).toEqual({ reason: null })

  const edited = await rebuild(studio, first, { edits: [{ file: 0, line: 10, text: fixed }] })
  expect([records(edited), edited.problems.total]).toEqual([94, 6])
  expect(await studio.data['datasets.edits']({ id: edited.id })).toEqual([{ file: 0, line: 10, text: fixed }])
  const all = (await studio.text(edited.id, 'train')) + (await studio.text(edited.id, 'val'))
  expect(all).toContain('cut off no more')
  const repaired = await rebuild(studio, edited, { repair: true, edits: [{ file: 0, line: 10, text: fixed }] })
  expect([records(repaired), repaired.problems.total, repaired.made?.repaired]).toEqual([96, 4, 2])
  const without = await rebuild(studio, repaired, { repair: true, edits: [{ file: 0, line: 1, text: null }] })
  expect([records(without), without.problems.total]).toEqual([94, 5])
  // The first one still is what it was.
  expect(await studio.data['datasets.get']({ id: first.id })).toEqual(first)
})

test('rows of a table are edited as rows, and their labels joined', async () => {
  const studio = await dataStudio()
  const rows = Array.from({ length: 60 }, (_, i) => `message number ${i},${['spam', 'Spam', 'ham', ' spam'][i % 4]}`)
  rows[3] = 'too, many, cells'
  rows[4] = 'no label here,'
  const first = await studio.importFiles('classify', [['m.csv', ['text,label', ...rows].join('\n')]])
  expect(first.made?.labelVariants).toEqual([{ keep: 'spam', others: ['Spam'], texts: 15 }])
  const page = await studio.data['datasets.problems']({ id: first.id, kind: 'malformed', offset: 0, limit: 10 })
  expect(page.problems).toMatchObject([{ line: 5, text: 'too, many, cells' }])
  const check = (text: string) => studio.data['datasets.checkEdit']({ id: first.id, edit: { file: 0, line: 5, text } })
  expect((await check('too, many, cells')).reason).toContain('cells')
  expect(await check('"too, many",ham')).toEqual({ reason: null })
  const second = await rebuild(studio, first, {
    recipe: { labels: { Spam: 'spam' } },
    edits: [
      { file: 0, line: 5, text: '"too, many",ham' },
      { file: 0, line: 6, text: 'no label here,spam' },
    ],
  })
  expect(second.problems.total).toBe(0)
  expect(second.classes.map(({ label, counts }) => [label, counts.train + counts.val + counts.test])).toEqual([
    ['ham', 16],
    ['spam', 44],
  ])
  expect(second.made?.steps).toContainEqual({ step: 'labels', changed: 15 })
})

test('duplicates on and off: counts equal a naive recount', async () => {
  const studio = await dataStudio()
  const words = ['sun', 'moon', 'tree', 'bird']
  const texts = Array.from({ length: 500 }, (_, i) => `The ${words[(i * i) % 4]} number ${(i * 7) % 190} is here.`)
  const jsonl = texts.map((text) => JSON.stringify({ text })).join('\n')
  const distinct = new Set(texts).size
  const off = await studio.importFiles('pretrain', [['d.jsonl', jsonl]])
  expect([records(off), off.duplicatesDropped]).toEqual([500, 0])
  expect(off.made?.problems).toEqual([{ kind: 'duplicate', total: 500 - distinct, leftOut: 0, repairable: 0 }])
  const on = await rebuild(studio, off, { recipe: { exact: true } })
  expect([records(on), on.duplicatesDropped]).toEqual([distinct, 500 - distinct])
  expect(on.made?.steps).toContainEqual({ step: 'exact', changed: 500 - distinct })
  // Every count of the dataset, by itself.
  const kept = [...new Set(texts)]
  expect(on).toMatchObject({
    characters: kept.reduce((sum, text) => sum + [...text].length, 0),
    bytes: kept.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    words: kept.reduce((sum, text) => sum + text.split(' ').length, 0),
    lines: distinct,
  })
  // With copies kept, equal ones stand on one side.
  const part = async (name: 'train' | 'val') =>
    new Set(
      (await studio.data['datasets.preview']({ id: off.id, part: name, offset: 0, limit: 200 })).records.map(
        ({ text }) => text,
      ),
    )
  const [train, val] = [await part('train'), await part('val')]
  expect([...val].filter((text) => train.has(text))).toEqual([])
})

test('odd lines of a running text are edited or left out, and the lines below keep their numbers', async () => {
  const studio = await dataStudio()
  const words = (i: number) => `Line ${i} of a text that goes on for a while.\n`
  const lines = Array.from({ length: 40 }, (_, i) => words(i + 1))
  lines[4] = 'What was caf\ufffd once.\n'
  lines[8] = 'All of this \ufffd\ufffd\ufffd is lost.\n'
  lines[19] = 'And this is odd \ufffd too.\n'
  const first = await studio.importFiles('pretrain', [['tale.txt', lines.join('')]])
  const odd = async ({ id }: Dataset) =>
    (await studio.data['datasets.problems']({ id, kind: 'odd', offset: 0, limit: 10 })).problems
  expect((await odd(first)).map(({ line, text }) => [line, text])).toEqual(
    [5, 9, 20].map((line) => [line, lines[line - 1]?.trimEnd()]),
  )
  const check = (text: string) =>
    studio.data['datasets.checkEdit']({ id: first.id, edit: { file: 0, line: 5, text } }).then(({ reason }) => reason)
  expect(await check('What was a café once.')).toBeNull()
  expect(await check('two\nlines')).toBe('One line was expected; these are several.')
  const second = await rebuild(studio, first, {
    edits: [
      { file: 0, line: 5, text: 'What was a café once.' },
      { file: 0, line: 9, text: null },
    ],
  })
  expect((await odd(second)).map(({ line }) => line)).toEqual([20])
  const text = (await studio.text(second.id, 'train')) + (await studio.text(second.id, 'val'))
  expect(text).toBe(lines.with(4, 'What was a café once.\n').toSpliced(8, 1).join(''))
})

test('every step of the recipe on a running text, counted and undone again', async () => {
  const studio = await dataStudio()
  const paragraph = `${'A paragraph that is long enough to be compared with the others. '.repeat(3)}\r\n`
  const book = `Title\r\n\r\n\r\n\r\n\u0001Cafe\u0301\ufeff\r\n\r\n${paragraph}\r\n${paragraph}\r\nThe end of it, with some more words.\r\n`
  const text = `Header\r\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\r\n${book}*** END OF THE PROJECT GUTENBERG EBOOK X ***\r\nLicence\r\n`
  const first = await studio.importFiles('pretrain', [['book.txt', text]])
  const whole = async (dataset: Dataset) =>
    (await studio.text(dataset.id, 'train')) + (await studio.text(dataset.id, 'val'))
  const lf = book.replaceAll('\r\n', '\n')
  expect(await whole(first)).toBe(lf.replaceAll('\u0001', '').replaceAll('\ufeff', ''))
  expect(first.made?.steps).toEqual([
    { step: 'newlines', changed: text.split('\r\n').length - 1 },
    { step: 'control', changed: 2 },
    { step: 'gutenberg', changed: 4 },
  ])
  expect(first.made?.problems).toMatchObject([{ kind: 'odd', total: 1 }])
  const all = await rebuild(studio, first, {
    recipe: { unicode: 'nfc', blankLines: true, exact: true },
  })
  expect(await whole(all)).toBe(
    `Title\n\nCaf\u00e9\n\n${paragraph.replaceAll('\r\n', '\n')}\nThe end of it, with some more words.\n`,
  )
  expect(all.made?.steps).toEqual(
    expect.arrayContaining([
      { step: 'unicode', changed: 1 },
      { step: 'blankLines', changed: 2 },
      { step: 'exact', changed: 1 },
    ]),
  )
  const none = await rebuild(studio, all, {
    recipe: { newlines: false, control: false, unicode: 'off', gutenberg: false, blankLines: false, exact: false },
  })
  expect(await whole(none)).toBe(text)
  // What is undone is done again, byte for byte.
  const again = await rebuild(studio, none, { recipe: buildOf(first).recipe })
  expect(again.made?.parts).toEqual(first.made?.parts)
})

test('a trial shows what each step does, on samples, and leaves nothing behind', async () => {
  const studio = await dataStudio()
  const paragraph = `${'Long enough a paragraph to be compared with the others there are. '.repeat(2)}`
  const text = `One\u0007 line.\n\n\n\nNai\u0308ve.\n\n${paragraph}\n\n${paragraph}\n\nEnd.\n`
  const dataset = await studio.importFiles('pretrain', [['t.txt', text]])
  const before = await studio.everything()
  const build = buildOf(dataset)
  const trial = await studio.data['datasets.tryRecipe']({
    id: dataset.id,
    build: { ...build, recipe: { ...build.recipe, exact: true } },
  })
  expect(trial.bytes).toBe(Buffer.byteLength(text))
  expect(Object.fromEntries(trial.steps.map(({ step, on, changed }) => [step, [on, changed]]))).toEqual({
    newlines: [true, 0],
    control: [true, 1],
    unicode: [false, 1],
    gutenberg: [true, 0],
    blankLines: [false, 2],
    labels: [false, 0],
    exact: [true, 1],
    near: [false, 0],
  })
  expect(trial.samples).toEqual([
    expect.objectContaining({ step: 'control' }),
    { before: paragraph.trim(), after: null, step: 'exact' },
  ])
  expect(await studio.everything()).toEqual(before)
})

test('the split by other shares, and with a gap', async () => {
  const studio = await dataStudio()
  const line = (i: number) => `Line ${i} of a text that is cut in two.\n`
  const text = Array.from({ length: 2000 }, (_, i) => line(i)).join('')
  const first = await studio.importFiles('pretrain', [['t.txt', text]])
  const second = await rebuild(studio, first, { split: { val: 25, gap: 1000 } })
  const [train, val] = [await studio.text(second.id, 'train'), await studio.text(second.id, 'val')]
  expect(Math.abs(val.length / text.length - 0.25)).toBeLessThan(0.01)
  const gap = text.length - train.length - val.length
  expect(second.made?.gapBytes).toBe(gap)
  expect(gap).toBeGreaterThanOrEqual(1000)
  expect(gap).toBeLessThan(1100)
  expect(text.startsWith(train)).toBe(true)
  expect(text.endsWith(val)).toBe(true)
  expect(train.endsWith('\n')).toBe(true)
})

test('lines on both sides are counted, and left out of training on request', async () => {
  const studio = await dataStudio()
  const line = (i: number) => `This is line ${i * 7919} of a running text, unlike ${(i * i) % 977} others.\n`
  const refrain = 'And this is the refrain that comes again and again.\n'
  const lines = Array.from({ length: 600 }, (_, i) => (i % 20 === 7 ? refrain : line(i)))
  const dataset = await studio.importFiles('pretrain', [['song.txt', lines.join('')]])
  const leakage = await studio.data['datasets.leakage']({ id: dataset.id })
  const [train, val] = [await studio.text(dataset.id, 'train'), await studio.text(dataset.id, 'val')]
  const inTrain = train.split('\n').filter((one) => one === refrain.trim()).length
  expect(val).toContain(refrain)
  expect(leakage).toMatchObject({ unit: 'lines', shared: 1, inTrain: inTrain + leakage.near, partial: false })
  expect(leakage.examples[0]).toMatchObject({ train: refrain.trim(), other: refrain.trim(), similarity: 1 })
  const fixed = await rebuild(studio, dataset, { split: { dropShared: true } })
  expect(fixed.made?.sharedDropped).toBe(leakage.inTrain)
  expect(await studio.text(fixed.id, 'val')).toBe(val)
  const left = await studio.text(fixed.id, 'train')
  expect(left).not.toContain(refrain)
  expect(fixed).toMatchObject({ bytes: left.length + val.length, lines: (left + val).split('\n').length - 1 })
  expect(await studio.data['datasets.leakage']({ id: fixed.id })).toMatchObject({ shared: 0, near: 0, inTrain: 0 })
})

test('near-duplicates between the parts of labelled texts are found and dropped from training', async () => {
  const studio = await dataStudio()
  const text = (i: number) =>
    `offer ${(i * 7919) % 10_007} for customer ${(i * 104_729) % 99_991}: call ${(i * 31_337) % 65_537} before ${(i * 17) % 89} o'clock and win prize ${(i * 271) % 997}`
  const rows = Array.from(
    { length: 200 },
    (_, i) => `${text(Math.floor(i / 2))}${i % 2 ? '.' : ''},${Math.floor(i / 2) % 2 ? 'a' : 'b'}`,
  )
  const dataset = await studio.importFiles('classify', [['n.csv', ['text,label', ...rows].join('\n')]])
  const leakage = await studio.data['datasets.leakage']({ id: dataset.id })
  expect(leakage).toMatchObject({ unit: 'records', shared: 0 })
  // Two of three pairs have a side in training or beyond: many stand on both.
  expect(leakage.near).toBeGreaterThan(15)
  expect(leakage.examples[0]?.similarity).toBeGreaterThan(0.9)
  const fixed = await rebuild(studio, dataset, { split: { dropShared: true } })
  expect(fixed.records).toEqual({ ...dataset.records, train: dataset.records.train - leakage.inTrain })
  expect(fixed.classes.reduce((sum, { counts }) => sum + counts.train, 0)).toBe(fixed.records.train)
  const near = await rebuild(studio, dataset, { recipe: { near: true } })
  expect(records(near)).toBe(100)
  expect((await studio.data['datasets.leakage']({ id: near.id })).near).toBe(0)
})

test('the passport: hashes agree with the stored bytes, and say when they do not', async () => {
  const studio = await dataStudio()
  const text = 'Some words to keep.\n'.repeat(200)
  const dataset = await studio.importFiles('pretrain', [['keep.txt', text]])
  const tokenizer = await studio.makeTokenizer(dataset.id, 'char')
  const { id } = dataset
  expect(await studio.data['datasets.passport']({ id })).toMatchObject({
    licence: { name: '', confirmed: false },
    sources: [{ file: 'keep.txt', bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') }],
    counts: { bytes: text.length, leftOut: 0 },
    tokenizers: [{ sha256: tokenizer.sha256 }],
  })
  const good = await studio.data['datasets.verify']({ id })
  expect(good.agree).toBe(true)
  expect(good.files.map(({ file }) => file)).toEqual([
    'keep.txt',
    'train.txt',
    'val.txt',
    'Characters (16): tokenizer.json',
  ])
  await writeFile(studio.file('datasets', id, 'train.txt'), 'changed')
  const bad = await studio.data['datasets.verify']({ id })
  expect(bad.agree).toBe(false)
  expect(bad.files.filter(({ expected, found }) => expected !== found).map(({ file }) => file)).toEqual(['train.txt'])
  const named = await studio.data['datasets.setLicence']({ id, licence: { name: ' CC BY 4.0 ', confirmed: true } })
  expect(named.licence).toEqual({ name: 'CC BY 4.0', confirmed: true })
  const again = await rebuild(studio, named, {})
  expect(again.licence).toEqual(named.licence)
})

test('the copy outlives the file, and a starter set is made anew', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['gone.txt', 'It was here once.\n'.repeat(50)]])
  await writeFile(studio.file('..', 'file-0'), 'something else')
  const again = await rebuild(studio, dataset, { split: { val: 20 } })
  expect(again.sources).toEqual(dataset.sources)
  const starter = await studio.ended(await studio.data['starters.create']({ id: 'messages' }))
  const set = await studio.data['datasets.get']({ id: starter.resultId })
  const other = await rebuild(studio, set, { split: { val: 20, test: 20 } })
  expect(other.starter).toBe('messages')
  expect(other.records.val).toBeGreaterThan(set.records.val)
  expect(other.licence?.confirmed).toBe(true)
  const none = await errorOf(studio.data['datasets.problems']({ id: 'nobody', kind: 'odd', offset: 0, limit: 1 }))
  expect(none.code).toBe('not_found')
  expect(await readFile(studio.file('datasets', other.id, 'edits.json'), 'utf8')).toBe('[]')
})
