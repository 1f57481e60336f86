import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { appendFile, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dataStudio, errorOf, utf16 } from '../testing/data-studio.ts'
import type { ImportFile, Sample } from '../task.ts'
import { sampleBytes } from './sample.ts'

const MB = 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'gradus-sample-'))
afterAll(() => rmSync(folder, { recursive: true }))

function sampleOf(
  file: Buffer,
  { bytes, from }: Sample,
  format: Partial<Pick<ImportFile, 'encoding' | 'kind'>> = {},
): Buffer {
  const path = join(folder, 'big')
  writeFileSync(path, file)
  const fd = openSync(path, 'r')
  try {
    const whole = { encoding: 'utf-8', kind: 'text', name: 'big', ...format } as const
    return Buffer.concat(
      Array.from(sampleBytes(fd, file.length, { bytes, from }, whole), (piece) => Buffer.from(piece)),
    )
  } finally {
    closeSync(fd)
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `This is line ${i}, é.\n`).join('')

describe('a sample', () => {
  it('is the beginning up to a line end', () => {
    const text = Buffer.from(numbered(400_000))
    const sample = sampleOf(text, { bytes: 5 * MB, from: 'start' }).toString()
    expect(text.toString().startsWith(sample)).toBe(true)
    expect(sample.endsWith('\n')).toBe(true)
    expect(Buffer.byteLength(sample)).toBeGreaterThan(5 * MB - 30)
    expect(Buffer.byteLength(sample)).toBeLessThanOrEqual(5 * MB)
  })

  it('is whole lines from all over the file, the first line among them', () => {
    const lines = numbered(400_000).split('\n')
    for (const encoding of ['utf-8', 'utf-16le', 'utf-16be'] as const) {
      const file = encoding === 'utf-8' ? Buffer.from(lines.join('\n')) : utf16(lines.join('\n'), encoding)
      const bytes = sampleOf(file, { bytes: 4 * MB, from: 'spread' }, { encoding })
      const found = new TextDecoder(encoding).decode(bytes).split('\n')
      expect(found.pop()).toBe('')
      expect(bytes.length).toBeGreaterThan(3.9 * MB)
      expect(found[0]).toBe(lines[0])
      const numbers = found.map((line) => Number(/^This is line (\d+), é\.$/.exec(line)?.[1]))
      expect(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as number))).toBe(true)
      // Four pieces: three places where lines are missing.
      expect(numbers.filter((number, i) => i > 0 && number !== (numbers[i - 1] as number) + 1)).toHaveLength(3)
      expect(numbers.at(-1)).toBeGreaterThan(300_000)
    }
  })

  it('of a text without line ends is cut between words, or between characters', () => {
    const words = Buffer.from('word é '.repeat(300_000))
    expect(sampleOf(words, { bytes: MB, from: 'start' }).toString()).toMatch(/é$/)
    const spread = sampleOf(words, { bytes: 2 * MB, from: 'spread' }).toString()
    expect(spread).not.toContain('\ufffd')
    expect(sampleOf(Buffer.from('é'.repeat(MB)), { bytes: 1025, from: 'start' }).toString()).toBe('é'.repeat(512))
  })

  it('never cuts a CSV inside a cell', () => {
    const row = (i: number) => `${i},"first\nsecond ""x""\nthird"\n`
    const csv = Buffer.from(`id,text\n${Array.from({ length: 100_000 }, (_, i) => row(i)).join('')}`)
    for (let bytes = 50_000; bytes < 50_040; bytes++) {
      const sample = sampleOf(csv, { bytes, from: 'start' }, { kind: 'csv' })
      expect(sample.toString()).toMatch(/third"\n$/)
      expect(sample.length).toBeGreaterThan(bytes - 40)
    }
    const long = sampleOf(csv, { bytes: 3 * MB - 7, from: 'start' }, { kind: 'csv' })
    expect(long.toString()).toMatch(/third"\n$/)
  })

  it('of lines longer than it is refused', () => {
    const json = Buffer.from(`{"text": "${'x'.repeat(10_000)}"}\n`)
    expect(() => sampleOf(json, { bytes: 2000, from: 'start' }, { kind: 'jsonl' })).toThrow('longer than a piece')
  })
})

describe('importing a sample', () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `{"text": "The record number ${i}."}\n`).join('')

  it('keeps only that, and says so', async () => {
    const studio = await dataStudio()
    const dataset = await studio.importFiles('pretrain', [['big.jsonl', lines]], {
      sample: { bytes: 4096, from: 'start' },
    })
    const [source] = dataset.sources
    expect(source?.sample).toEqual({ of: lines.length, from: 'start' })
    const kept = await readFile(studio.file('datasets', dataset.id, 'sources', '0'), 'utf8')
    expect(lines.startsWith(kept)).toBe(true)
    expect(kept.length).toBe(source?.bytes)
    expect(dataset.records.train + dataset.records.val).toBe(kept.split('\n').length - 1)
    expect((await studio.data['datasets.passport']({ id: dataset.id })).sources[0]?.sample?.of).toBe(lines.length)
    expect((await studio.data['datasets.verify']({ id: dataset.id })).agree).toBe(true)
    // Made anew, it is the same sample.
    const build = dataset.made?.build
    if (!build) throw new Error('no build')
    const job = await studio.ended(await studio.data['datasets.rebuild']({ id: dataset.id, build, edits: [] }))
    const again = await studio.data['datasets.get']({ id: job.resultId })
    expect(again.sources).toEqual(dataset.sources)
    expect(again.made?.parts).toEqual(dataset.made?.parts)
  })

  it('takes all of a file that is not larger', async () => {
    const studio = await dataStudio()
    const dataset = await studio.importFiles('pretrain', [['big.jsonl', lines]], {
      sample: { bytes: 1e9, from: 'start' },
    })
    expect(dataset.sources[0]).toMatchObject({ bytes: lines.length })
    expect(dataset.sources[0]).not.toHaveProperty('sample')
  })

  it('is refused where a file cannot be cut', async () => {
    const studio = await dataStudio()
    const sample = { bytes: 1024, from: 'spread' } as const
    const csv = `text,label\n${'"a, b",c\n'.repeat(500)}`
    const error = await errorOf(studio.startImport('pretrain', [['t.csv', csv]], { sample }))
    expect(error).toMatchObject({ code: 'unsupported' })
    expect(error.message).toContain('quotation marks')
  })
})

it('tells what has become of the file that was imported', async () => {
  const studio = await dataStudio()
  const dataset = await studio.importFiles('pretrain', [['story.txt', 'A story.\nIt goes on.\n'.repeat(50)]])
  const look = async () => (await studio.data['datasets.originals']({ id: dataset.id }))[0]
  expect(await look()).toEqual({ file: 'story.txt', state: 'same', message: '' })
  const path = join(studio.file('..'), 'file-0')
  // Touched, but not changed.
  await utimes(path, new Date(), new Date(Date.now() + 60_000))
  expect((await look())?.state).toBe('same')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace('A story', 'B story'))
  await utimes(path, new Date(), new Date(Date.now() + 120_000))
  expect(await look()).toMatchObject({ state: 'changed', message: expect.stringContaining('SHA-256') as string })
  await appendFile(path, 'more')
  expect(await look()).toMatchObject({ state: 'changed', message: expect.stringContaining('1,054 bytes') as string })
  await rm(path)
  expect(await look()).toMatchObject({ state: 'missing', message: expect.stringContaining(path) as string })
})
