import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LIMITS } from '@shared/contract/limits.ts'
import { GutenbergStep } from '@shared/text/clean/gutenberg.ts'
import { dataStudio } from '../testing/data-studio.ts'

const ODD = ['\u0092', '\u0007', '\ufeff', '\ufdd0', '\ufffe', '\ufffd'] as const

/** What stands in a list of problems. */
const listed = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: number; text: string | null; excerpt: string; reason: string })

test('JSON Lines read from their bytes give what their strings give: odd, long and equal texts, lines longer than a block', async () => {
  const half = LIMITS.longRecord / 2
  const texts = [
    'plain',
    ...ODD.map((odd) => `a${odd}« ° ａ ${odd}b`),
    ODD.join('x'),
    'plain',
    'pl\u0007ain',
    '😀'.repeat(half),
    `a${'😀'.repeat(half - 1)}`,
    `a${'😀'.repeat(half)}`,
    `${'long ünd '.repeat(40_000)}\u0092\ufffd`,
    ' \u0007!',
    ' \u0007 ',
  ]
  // No fraction is read from bytes.
  const [fast, slow] = await Promise.all(
    ['15', '1.5'].map(async (number) => {
      const studio = await dataStudio()
      const lines = texts.map((text) => `${JSON.stringify({ text }).slice(0, -1)},"n":${number}}`)
      const roles = { text: 'text', n: 'ignore' } as const
      const { id, ...dataset } = await studio.importFiles('pretrain', [['a.jsonl', lines.join('\n')]], { roles })
      const { records, characters, bytes, words, problems, made } = dataset
      const lists = ['odd', 'too_long', 'duplicate'].map((kind) =>
        listed(studio.file('datasets', id, 'problems', `${kind}.jsonl`)),
      )
      const parts = [await studio.text(id, 'train'), await studio.text(id, 'val')]
      // An excerpt shows the number too.
      const named = JSON.stringify([problems, made?.problems]).replaceAll(`${number}}`, 'N}')
      return { records, characters, bytes, words, named, steps: made?.steps, lists, parts }
    }),
  )
  expect(fast).toEqual(slow)
  expect(fast?.lists.map((list) => list.length)).toEqual([10, 2, 6])
  expect(fast?.named).toContain('“text” is empty')
})

test('of running text only the odd lines are changed and reported, each with its number and whole, in every block', async () => {
  const studio = await dataStudio()
  const lines = Array.from({ length: 40_000 }, (_, i) => {
    const odd = i % 997 === 5 || i % 997 === 6 ? ODD[i % ODD.length] : ''
    return `Line ${i} « ° ａ ${odd}of a project.`
  })
  const text = `${lines.join('\n')}\n`
  const { id, ...dataset } = await studio.importFiles('pretrain', [['a.txt', text]])
  const kept = ODD.slice(0, -1).reduce((rest, odd) => rest.replaceAll(odd, ''), text)
  expect((await studio.text(id, 'train')) + (await studio.text(id, 'val'))).toBe(kept)
  expect(dataset).toMatchObject({ characters: kept.length, lines: lines.length, words: kept.match(/\S+/g)?.length })
  const wanted = lines.flatMap((line, i) =>
    ODD.some((odd) => line.includes(odd)) ? [{ line: i + 1, text: line }] : [],
  )
  expect(wanted.length).toBe(82)
  expect(
    listed(studio.file('datasets', id, 'problems', 'odd.jsonl')).map(({ line, text }) => ({ line, text })),
  ).toEqual(wanted)
})

test('a piece of a book passes at once unless the name of Project Gutenberg is in it', () => {
  const step = new GutenbergStep()
  const passes = (text: string) => step.passes(Buffer.from(text))
  expect(passes('Before the book.\n')).toBe(false)
  step.push('*** START OF THE PROJECT GUTENBERG EBOOK ***\n')
  expect(passes('The project of Johannes Gutenberg: a printing press.\nJust that.\n')).toBe(true)
  for (const name of ['Project Gutenberg', 'PROJECT GUTENBERG', 'proJect gutenberg'])
    expect(passes(`Jj. End of ${name}'s edition\n`)).toBe(false)
  expect(passes('No line end')).toBe(false)
})
