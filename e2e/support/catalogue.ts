import { mkdirSync, openSync, symlinkSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { badPairs } from '../../src-main/testing/bad-lines.ts'
import { encodeText } from '../../src-main/testing/encode-text.ts'
import { makePdf } from '../../src-main/testing/pdf.ts'
import { makeDocx, makeEpub } from '../../src-main/testing/zip.ts'
import { plainText, PNG, TestFiles, utf16le } from './files.ts'

type Content = string | Uint8Array
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))
const lines = (count: number, line: (i: number) => string) => `${times(count, line).join('\n')}\n`
const json = (count: number, record: (i: number) => unknown) => lines(count, (i) => JSON.stringify(record(i)))

/** The same bytes on every machine, evenly drawn. */
const noise = (count: number) => Uint8Array.from({ length: count }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 24)

const GERMAN = lines(40, (i) => `Satz ${i}: Über die Straße läuft ein großer, schöner Hund und sagt „café“.`)
const CHINESE = lines(40, (i) => `${i}。道可道,非常道。名可名,非常名。无名天地之始,有名万物之母。`)
const RUSSIAN = lines(
  40,
  (i) => `${i}. Все счастливые семьи похожи друг на друга, каждая несчастливая несчастлива по-своему.`,
)

/** UTF-8 with twenty bytes of Latin-1 inside, the first on line 5. */
function mixed(): Uint8Array {
  const latin = (i: number) => Buffer.from(i % 5 === 4 && i < 100 ? 'caf\xe9\n' : '', 'latin1')
  return Buffer.concat(
    times(120, (i) => `Zeile ${i}: Grüße aus dem Süden, naïve Wörter.\n`).map((line, i) =>
      latin(i).length > 0 ? latin(i) : Buffer.from(line),
    ),
  )
}

const chat = (...turns: string[]) => ({ messages: turns.map((role, i) => ({ role, content: `${role} says ${i}` })) })

/** Every small file that the checks of the data stage need, by its name. */
export const CATALOGUE: Record<string, () => Content> = {
  'story.txt': () => plainText(20_000),
  'empty.txt': () => '',
  'spaces.txt': () => ' \n\t\n   ',
  'unseen.txt': () => '\u200b\u200d\n\u2060',
  'binary.txt': () => noise(65_536),
  'photo.txt': () => PNG,
  'utf16le.txt': () => utf16le(GERMAN),
  'utf16be_nobom.txt': () => Buffer.from(GERMAN, 'utf16le').swap16(),
  'utf16le_nobom_chinese.txt': () => Buffer.from(CHINESE, 'utf16le'),
  'latin1.txt': () => encodeText(GERMAN.replace(/[„“]/g, '"'), 'windows-1252'),
  'gbk.txt': () => encodeText(CHINESE, 'gb18030'),
  'cp1251.txt': () => encodeText(RUSSIAN, 'windows-1251'),
  'utf8_bom.txt': () => `\uFEFF${GERMAN}`,
  'mixed.txt': mixed,
  'nul.txt': () => `one\ntwo\0\n${plainText(400)}`,
  'crlf.txt': () => plainText(4000).replaceAll('\n', '\r\n'),
  'short.txt': () => 'The quick brown fox jumps over the lazy dog today.',
  'missing_cols.csv': () => `id,question\n${lines(12, (i) => `${i},What is ${i}?`)}`,
  'quoted.csv': () => `text,label\n${lines(12, (i) => `"one, two\nand ""${i}""",${i % 2 ? 'ham' : 'spam'}`)}`,
  'semicolon.csv': () => `text;label\n${lines(12, (i) => `a, b ${i};${i % 2 ? 'ham' : 'spam'}`)}`,
  'ragged.csv': () =>
    `text,label\n${lines(12, (i) => (i === 3 ? 'alone' : i === 6 ? 'a,b,c' : `t ${i},${i % 2 ? 'x' : 'y'}`))}`,
  'dup_header.csv': () => `text,label,text\n${lines(12, (i) => `a ${i},${i % 2 ? 'x' : 'y'},b ${i}`)}`,
  'header_only.csv': () => 'text,label\n',
  'single_class.csv': () => `text,label\n${lines(30, (i) => `message ${i},ham`)}`,
  'two_of_class.csv': () => `text,label\n${lines(30, (i) => `message ${i},${i < 2 ? 'rare' : 'ham'}`)}`,
  'label_case.csv': () =>
    `text,label\n${lines(30, (i) => `message ${i},${['Spam', 'spam', ' spam', 'ham'][i % 4] as string}`)}`,
  'missing_label.csv': () => `text,label\n${lines(30, (i) => `message ${i},${i % 7 === 3 ? '' : i % 2 ? 'x' : 'y'}`)}`,
  '200_classes.csv': () => `text,label\n${lines(800, (i) => `message ${i},class ${i % 200}`)}`,
  'bad_lines.jsonl': badPairs,
  'array.json': () => JSON.stringify(times(30, (i) => ({ instruction: `Say ${i}`, input: '', output: `${i}` }))),
  'wrong_roles.jsonl': () => json(20, (i) => (i === 6 ? chat('user', 'user', 'assistant') : chat('user', 'assistant'))),
  'sharegpt.json': () =>
    JSON.stringify(
      times(20, (id) => ({
        id,
        conversations: [
          { from: 'human', value: `Question ${id}` },
          { from: 'gpt', value: `Answer ${id}` },
        ],
      })),
    ),
  'no_answer.jsonl': () => json(40, (i) => ({ instruction: `Say ${i}`, input: '', output: i % 10 < 3 ? '' : `${i}` })),
  'too_long.jsonl': () => json(20, (i) => ({ instruction: `Say ${i}`, input: '', output: 'word '.repeat(400) })),
  'page.html': () => `<!doctype html><title>x</title>${lines(40, (i) => `<p>Paragraph ${i} with caf&eacute;.</p>`)}`,
  'book.epub': () => makeEpub({ 'one.xhtml': `<h1>One</h1>${lines(30, (i) => `<p>Sentence ${i} of a book.</p>`)}` }),
  'letter.docx': () => makeDocx(times(30, (i) => `<w:r><w:t>Sentence ${i} of a letter.</w:t></w:r>`)),
  'paper.pdf': () =>
    makePdf(times(4, (page) => times(20, (i) => ({ y: 380 - i * 14, text: `Line ${i} of page ${page}.` })))),
  'table.csv.gz': () => gzipSync(`text,label\n${lines(30, (i) => `message ${i},${i % 2 ? 'ham' : 'spam'}`)}`),
  'a tale 🦊 of spaces.txt': () => plainText(6000),
}

/** Writes one of the catalogue; returns its path. */
export const writeFromCatalogue = (files: TestFiles, name: string): string => {
  const make = CATALOGUE[name]
  if (!make) throw new Error(`There is no ${name} in the catalogue`)
  return files.write(name, make())
}

/** Writes all of it into a folder, and with `large` the 200 MB line and the 5 GB text (sparse where nothing is written). */
function writeAll(folder: string, large: boolean): void {
  const files = new TestFiles(folder)
  for (const name of Object.keys(CATALOGUE)) writeFromCatalogue(files, name)
  mkdirSync(join(folder, 'a folder'), { recursive: true })
  symlinkSync('loop.txt', join(folder, 'loop.txt'))
  if (!large) return
  repeat(join(folder, 'one_line_200MB.txt'), 'one word after another and ', 200e6)
  repeat(join(folder, 'five_gb.txt'), plainText(1_000_000), 5e9)
}

function repeat(path: string, text: string, bytes: number): void {
  const block = Buffer.from(text.repeat(Math.ceil(8e6 / text.length)))
  const file = openSync(path, 'w')
  for (let done = 0; done < bytes; done += block.length) writeSync(file, block, 0, Math.min(block.length, bytes - done))
  closeSync(file)
}

// npx jiti e2e/support/catalogue.ts FOLDER [--large]
const [, script, folder, large] = process.argv
if (script && folder && import.meta.url === pathToFileURL(script).href) writeAll(folder, large === '--large')
