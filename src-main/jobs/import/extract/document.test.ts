import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import mammoth from 'mammoth'
import { expect, onTestFinished, test } from 'vitest'
import { makePdf } from '../../../testing/pdf.ts'
import { makeDocx, makeEpub, makeZip } from '../../../testing/zip.ts'
import { errorOf } from '../../testing/data-studio.ts'
import { documentText, kindOfArchive, type DocumentKind } from './document.ts'

const signal = new AbortController().signal

async function place(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-doc-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'file')
  await writeFile(path, bytes)
  return path
}

async function textOf(kind: DocumentKind, bytes: Uint8Array): Promise<string> {
  let text = ''
  for await (const chunk of documentText(kind, await place(bytes), `a.${kind}`, signal)) text += chunk
  return text
}

const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`

const DOCX = makeDocx([
  `<w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr>${run('Tom &amp; ')}${run('Jerry — 中文 😀')}`,
  `${run('a')}<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>`,
  `<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins>${run('new')}</w:ins>`,
  `<w:hyperlink>${run('a link')}</w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r>`,
  '',
  run('the end'),
])

test('a Word document: the text that mammoth finds', async () => {
  const text = await textOf('docx', DOCX)
  expect(text).toBe('Tom & Jerry — 中文 😀\n\na\tb\nc\n\nnew\n\na link\n\n\n\nthe end\n\n')
  // Mammoth drops line breaks in its raw text, which would glue words together.
  expect(text.replace('b\nc', 'bc')).toBe((await mammoth.extractRawText({ buffer: DOCX })).value)
})

test('a Word document whose main part lies elsewhere', async () => {
  const moved = makeZip({
    '_rels/.rels':
      '<Relationships><Relationship Type="http://x/officeDocument" Target="/word/other.xml"/></Relationships>',
    'word/other.xml': `<w:document><w:body><w:p>${run('here')}</w:p></w:body></w:document>`,
  })
  expect(await textOf('docx', moved)).toBe('here\n\n')
})

test('an EPUB book: chapters in the order of its spine, without the table of contents', async () => {
  const book = makeEpub({
    'chapter one.xhtml': '<html><head><title>x</title></head><body><h1>One</h1><p>First &#233;.</p></body></html>',
    'b.xhtml': '<html><body><p>Second.</p><p>More.</p></body></html>',
  })
  expect(await textOf('epub', book)).toBe('One\n\nFirst é.\n\nSecond.\n\nMore.\n')
})

test('a book with encrypted chapters says so; scrambled fonts do not matter', async () => {
  const chapters = { 'a.xhtml': '<p>Text.</p>' }
  const encryption = (uri: string) => ({
    'META-INF/encryption.xml': `<encryption xmlns:enc="x"><enc:EncryptedData><enc:CipherData><enc:CipherReference URI="${uri}"/></enc:CipherData></enc:EncryptedData></encryption>`,
  })
  expect(await errorOf(textOf('epub', makeEpub(chapters, encryption('OEBPS/a.xhtml'))))).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('a.epub is protected'),
  })
  expect(await textOf('epub', makeEpub(chapters, encryption('OEBPS/font.ttf')))).toBe('Text.\n')
})

test('a PDF: lines as they stand, a gap is a paragraph', async () => {
  const pdf = makePdf([
    [
      { y: 350, text: 'First line (one).' },
      { y: 336, text: 'Second line.' },
      { y: 290, text: 'A new paragraph.' },
    ],
    [],
    [{ y: 350, text: 'Third page.' }],
  ])
  expect(await textOf('pdf', pdf)).toBe('First line (one).\nSecond line.\n\nA new paragraph.\n\nThird page.\n\n')
})

test('archives are told apart by what is in them', async () => {
  const kind = async (bytes: Uint8Array) => kindOfArchive(await place(bytes), 'a.zip')
  expect(await kind(DOCX)).toBe('docx')
  expect(await kind(makeEpub({ 'a.xhtml': '<p>x' }))).toBe('epub')
  const refused: [string, string][] = [
    ['xl/workbook.xml', 'a.zip is an Excel workbook'],
    ['ppt/presentation.xml', 'a.zip is a PowerPoint presentation'],
    ['content.xml', 'a.zip is an OpenDocument file'],
    ['story.txt', 'a.zip is a ZIP archive'],
  ]
  for (const [entry, message] of refused) {
    const error = await errorOf(kind(makeZip({ [entry]: 'x' })))
    expect(error).toMatchObject({ code: 'unsupported', hint: expect.any(String) })
    expect(error.message).toContain(message)
  }
})

test('bombs: growth, a false size, and too many files are refused by limits that are named', async () => {
  const zeros = Buffer.alloc(80 * 1024 * 1024, 0x20)
  const bomb = makeZip({ 'word/document.xml': zeros })
  expect(await errorOf(textOf('docx', bomb))).toMatchObject({
    code: 'too_large',
    message: expect.stringContaining('more than 200 times'),
  })
  expect(await errorOf(textOf('docx', makeZip({ 'word/document.xml': 'x'.repeat(1000) }, { lie: 10 })))).toMatchObject({
    code: 'corrupt',
  })
  const many = makeZip(Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`word/${i}`, ''])))
  expect(await errorOf(kindOfArchive(await place(many), 'many.docx'))).toMatchObject({
    code: 'too_large',
    message: expect.stringContaining('20,001 files; at most 20,000'),
  })
}, 30_000)

test.each([
  ['docx', DOCX],
  ['epub', makeEpub({ 'a.xhtml': '<p>One</p>' })],
  ['pdf', makePdf([[{ y: 300, text: 'One' }]])],
] as const)(
  '%s: damaged bytes end in a readable error or in text, never in anything else',
  async (kind, good) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), async (at, byte, end) => {
        const bad = Buffer.from(good)
        bad[at] = byte
        const reading = textOf(kind, end > good.length / 2 ? bad.subarray(0, end) : bad)
        const result = await reading.catch((error: unknown) => error)
        if (typeof result === 'string') return
        const { code, message } = await errorOf(Promise.reject(result as Error))
        expect(['corrupt', 'unsupported', 'too_large']).toContain(code)
        expect(message).toContain(`a.${kind}`)
      }),
      { numRuns: kind === 'pdf' ? 40 : 120 },
    )
  },
  60_000,
)
