import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { writeFromCatalogue } from './support/catalogue.ts'
import { TestFiles } from './support/files.ts'
import { expect, test } from './support/test.ts'

const choose = (page: Page, paths: string[]) => page.locator('input[type=file]').first().setInputFiles(paths)
const card = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true })

/** The text of the newest dataset on disk. */
function imported(dataDir: string): string {
  const [folder] = readdirSync(join(dataDir, 'datasets')).filter((name) => !name.startsWith('.'))
  return ['train.txt', 'val.txt']
    .map((name) => readFileSync(join(dataDir, 'datasets', folder ?? '', name), 'utf8'))
    .join('')
}

const REFUSED = {
  'empty.txt': 'has no text in it',
  'spaces.txt': 'has no text in it',
  'unseen.txt': 'has no text in it',
  'binary.txt': 'looks like binary data',
  'photo.txt': 'looks like a PNG image',
  'header_only.csv': 'has no rows',
}
const DOCUMENTS = ['a tale 🦊 of spaces.txt', 'letter.docx', 'book.epub', 'page.html', 'paper.pdf']
const ENCODED = {
  'utf16le.txt': 'utf-16le',
  'utf16be_nobom.txt': 'utf-16be',
  'latin1.txt': 'windows-1252',
  'gbk.txt': 'gb18030',
  'cp1251.txt': 'windows-1251',
  'mixed.txt': 'utf-8',
}

test('of files dropped together each says what it is or why not, encodings can be changed, and the letters arrive', async ({
  studio,
  dataDir,
}) => {
  const { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  const encoding = (name: string) => page.getByRole('combobox', { name: `Encoding of ${name}` })
  const names = [...Object.keys(REFUSED), ...DOCUMENTS, ...Object.keys(ENCODED)]
  await choose(
    page,
    names.map((name) => writeFromCatalogue(files, name)),
  )

  await test.step('the unusable ones say why, the others are ready', async () => {
    for (const [name, reason] of Object.entries(REFUSED)) await expect(card(page, name)).toContainText(reason)
    for (const name of DOCUMENTS) await expect(card(page, name)).toContainText('Ready')
    await expect(card(page, 'paper.pdf')).toContainText('out of order')
    await expect(page.getByText(/^17 files, /)).toBeVisible()
  })

  await test.step('an encoding is guessed with lines to look at, can be changed and taken back', async () => {
    for (const [name, value] of Object.entries(ENCODED)) await expect(encoding(name)).toHaveValue(value)
    await expect(card(page, 'cp1251.txt')).toContainText('a guess: Cyrillic (Windows-1251) fits best')
    await encoding('cp1251.txt').selectOption('koi8-r')
    await expect(card(page, 'cp1251.txt')).not.toContainText('Все счастливые')
    await page.getByRole('button', { name: 'Undo the last choice for cp1251.txt' }).click()
    await expect(card(page, 'cp1251.txt')).toContainText('Все счастливые')
    await expect(card(page, 'mixed.txt')).toContainText('20 bytes are not valid UTF-8, first at line 5.')
    await page.getByRole('button', { name: 'Leave out their lines: mixed.txt' }).click()
    await expect(card(page, 'mixed.txt')).toContainText('20 invalid bytes, first at line 5: left out with their lines.')
  })

  await test.step('what is left is imported', async () => {
    await expect(page.getByText('6 of 17 files cannot be used and will be left out.')).toBeVisible()
    for (const name of ['paper.pdf', 'photo.txt']) {
      await page.getByRole('button', { name: `Remove ${name}` }).click()
      await expect(card(page, name)).toHaveCount(0)
    }
    await expect(page.getByText(/^15 files, /)).toBeVisible()
    await page.getByRole('button', { name: 'Import 10 files' }).click()
    await expect(page.getByRole('button', { name: 'Choose a tokenizer' })).toBeVisible()
  })
  await page
    .getByRole('navigation', { name: 'Steps of this data' })
    .getByRole('button', { name: /Summary/ })
    .click()
  await expect(page.getByText('mixed.txt: 20 bytes left out with their lines')).toBeVisible()
  const text = imported(dataDir)
  for (const words of ['The old king', 'Sentence 3 of a letter.', 'Sentence 3 of a book.', 'Paragraph 3 with café.']) {
    expect(text).toContain(words)
  }
  for (const words of ['großer, schöner Hund', '道可道,非常道', 'Все счастливые семьи', 'Grüße aus dem Süden']) {
    expect(text).toContain(words)
  }
  expect(text).not.toContain('\uFFFD')
})

test('a table: delimiter, rows that cannot be read, roles that outlive the studio; a dropped folder is named', async ({
  open,
  dataDir,
}) => {
  const studio = await open(dataDir)
  let { page } = studio
  const files = new TestFiles(join(dataDir, 'mine'))
  await choose(
    page,
    ['quoted.csv', 'semicolon.csv', 'ragged.csv', 'dup_header.csv', 'wrong_roles.jsonl'].map((name) =>
      writeFromCatalogue(files, name),
    ),
  )
  await expect(card(page, 'quoted.csv')).toContainText('12 rows')
  await expect(card(page, 'quoted.csv')).toContainText('Detected: text + label')
  await expect(page.getByRole('combobox', { name: 'Delimiter of semicolon.csv' })).toHaveValue(';')
  await expect(card(page, 'ragged.csv')).toContainText('12 rows, 2 cannot be read: line 5')
  await expect(card(page, 'dup_header.csv')).toContainText('text (2)')
  await expect(card(page, 'wrong_roles.jsonl')).toContainText('Move to Instruct')

  await page.getByRole('button', { name: 'Remove ragged.csv' }).click()
  const role = () => card(page, 'dup_header.csv').getByRole('combobox', { name: 'Role of column text (2)' })
  await role().selectOption('text')
  await expect(card(page, 'dup_header.csv')).toContainText('Roles chosen by you')
  await page
    .getByRole('navigation')
    .getByRole('link', { name: /Tokenizer/ })
    .click()
  await page.getByRole('navigation').getByRole('link', { name: /Data/ }).first().click()
  await expect(role()).toHaveValue('text')
  await studio.kill()
  ;({ page } = await open(dataDir))
  await page
    .getByRole('link', { name: /quoted/i })
    .first()
    .click()
  await expect(role()).toHaveValue('text')
  await expect(page.getByText(/^4 files, /)).toBeVisible()

  await test.step('what cannot be read, as a folder that was dropped, is named; the others are added', async () => {
    // A browser hands a dropped folder over as a file whose bytes cannot be read.
    await page
      .locator('input[type=file]')
      .first()
      .evaluate((input) => {
        const folder = new File(['x'], 'a folder')
        folder.slice = () => {
          throw new DOMException('not readable', 'NotReadableError')
        }
        const good = new File(['Some words that are good.\n'.repeat(40)], 'good.txt')
        Object.defineProperty(input, 'files', { value: [folder, good], configurable: true })
        input.dispatchEvent(new Event('change'))
      })
    await expect(page.getByText('“a folder” cannot be read.')).toBeVisible()
    await expect(card(page, 'good.txt')).toContainText('Ready')
  })
})
